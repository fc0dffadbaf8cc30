"""`python -m streams.heartbeat`: the name by which installations may ask for process/heartbeat.py."""

from process.heartbeat import main

if __name__ == "__main__":
    main()
