"""What the chapters on the chain rule share: its factors, their ladder, and one step of training."""
