"""How many answers a second ``/api/state`` and the lists take, beside Flask alone."""
