"""Networks that were trained apart -> one, whose logits are averaged."""
