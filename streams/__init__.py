"""From Kafka to ClickHouse, in the order in which an event passes the files.

create_topics  creates the topics, before anything else
settings       what can be configured
app            connects all of this into a Faust app
transport/     hands the agents whole chunks of raw records; commits only what is done
batcher        gathers the chunks of all agents into batches; folds one while the previous one is written
batch          the order of the steps: decode (contract/), load, fold, row; then insert, done
fold/          states of people and webinars, and their rows, all pure: person, webinar, row, webinar_row, lines;
               memory holds the webinars that a worker remembers
store          loads webinars from ClickHouse, inserts rows
jobs/          timed jobs about all webinars: settled counts, timelines, snapshots
epoch, data    whether Kafka and ClickHouse still belong together
"""
