"""The long proof: an hour of events while everything is killed, paused, cut off and filled up, one after the other.

aiming    a worker whose requests pass a proxy, so that it can be stopped or killed at one of them
feed      the events, at a steady rate, until all are acknowledged
harms     what is done, how it is undone, and how soon all was well again
test_proof  the order, and the judgement

`make faults LONG=1 ONLY=proof`; PROOF_EVENTS and PROOF_RATE in the environment make it shorter or faster.
"""
