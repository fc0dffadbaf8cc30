"""The command line and the local stack, nothing else."""
