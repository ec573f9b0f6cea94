"""How a network learns: loss, optimizer, schedule, averages of weights and over classes."""
