"""How a network learns: loss, optimizer, schedule, weight averaging, metrics."""
