"""From Kafka to ClickHouse, in the order in which an event meets the files.

topics      the names, partitions and settings of every topic
settings    what can be configured, read once from the environment
transport   hands the agents whole chunks of raw records; commits only what is done
agents      one thin Faust agent a topic: puts chunks into the batch
batch       one batch: decode, load, fold, row, insert, done
decode      bytes -> event or dead letter (pure)
events      the contract: a strict model of every event (pure)
webinar     fold of the statements about a webinar (pure)
person      fold of a person's events within a webinar (pure)
row         state -> row (pure)
store       loads states from ClickHouse, inserts rows and raw events
app         binds all of it into a Faust app
"""
