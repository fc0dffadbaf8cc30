"""`make faults`: one real installation, run by the `funnel` command, to which one harm is done after the other.

installation  the installation: its folder, its settings, its processes, the commands
disk          folders on small file systems of their own, which can be made full
sending       events by Kafka and by webhooks, all the while; what was acknowledged
case          one harm: what was said of it, how soon all was well again, what is lost or doubled
table         what the cases found, a line each

What each case does, and what it found on which code: docs/faults.md.

`make faults` runs the short form, `make faults LONG=1` all of it, `make faults ONLY="hang or disk"` some (pytest's -k).
FAULTS_SLOWNESS=4 in the environment makes all limits of time four times as long, for a machine that is busy otherwise.
A line of the table reads: how many events were acknowledged and how many of them are stored; after how many seconds
`funnel status` named the cause with an exit status other than 0; how many seconds after the harm was undone
everything ran and was stored. A case that fails names what is wrong, leaves its folder's logs and `stack.json` in the
folder that it names, and the next case gets a new installation.
"""
