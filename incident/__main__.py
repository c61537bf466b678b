"""`python -m incident` is the command line. It is nothing else."""

from incident.cli import main

main()
