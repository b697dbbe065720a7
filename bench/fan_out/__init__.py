"""What a message costs that goes to thousands of clients, beside a Go hub and a loop in C."""
