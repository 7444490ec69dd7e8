"""The command line: reads arguments and configuration, runs app, sim or client, sets exit codes.

May import everything but `__main__`, which alone imports it.
"""
