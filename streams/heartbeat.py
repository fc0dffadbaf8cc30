"""`python -m streams.heartbeat`: the old name of process/heartbeat.py, which installations may still use."""

from process.heartbeat import main

if __name__ == "__main__":
    main()
