"""From Kafka to ClickHouse, in the order in which an event meets the files.

topics       names and settings of every topic         create_topics  makes them, before anything else
settings     what can be configured                     app            binds all of this into a Faust app
transport    hands the agents whole chunks of raw records; commits only what is done
lane         gathers the chunks of all agents into batches; folds one while the one before is written
batch        the order of the steps: decode, load, fold, row; then insert, done
partition    which partition a webinar belongs on (pure)
decode       bytes -> event or dead letter (pure); the models are in events, the times in instants
memory       the webinars that a worker remembers, each with all its persons (pure)
webinar      fold of the statements about a webinar (pure); webinar_row makes its row
person       fold of a person's events within a webinar (pure); source and canonical help
row          state -> row of a person (pure)
lines        events, sources, totals, dead letters -> rows (pure)
store        loads webinars from ClickHouse, inserts rows
snapshots    writes down the funnels of live webinars as they are known at a moment
"""
