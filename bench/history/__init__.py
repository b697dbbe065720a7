"""What history costs: bytes on the disk, CPU, and how long a question takes."""
