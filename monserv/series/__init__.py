"""What is kept of the recent past in memory."""
