import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * Kafka Streams doing a worker's job: decode, fold, rows and raw events into ClickHouse, then commit.
 * One thread, states in memory without a changelog. Arguments: bootstrap, group, ClickHouse's address, user, password,
 * folder.
 */
public final class Peer {
    private static final List<String> TOPICS = List.of("webinar.webinars.v1", "webinar.registrations.v1",
        "webinar.attendance.v1", "webinar.identities.v1");

    private final Map<String, Map<String, Person>> persons = new HashMap<>();
    private final Map<String, Long> begins = new HashMap<>();
    private final Inserts inserts;

    private Peer(String address, String user, String password) {
        inserts = new Inserts(address, user, password, begins);
    }

    private void take(ProcessorContext<Void, Void> context, Record<byte[], byte[]> record) throws Exception {
        var from = context.recordMetadata().orElseThrow();
        Event event = Event.decode(record.value(), record.timestamp());
        inserts.event(event, from, record.timestamp(), record.value());
        if (event.type.equals("webinar")) state(event);
        else fold(event, record.value(), TOPICS.indexOf(from.topic()), from.offset());
        if (inserts.isFull()) inserts.flush();
    }

    private void state(Event event) {
        Long known = begins.put(event.webinar, event.started);
        if (known == null || known != event.started) persons.getOrDefault(event.webinar, Map.of()).values().forEach(inserts::person);
    }

    private void fold(Event event, byte[] value, int topic, long offset) throws Exception {
        Person person = persons.computeIfAbsent(event.webinar, webinar -> new HashMap<>())
            .computeIfAbsent(event.person, id -> new Person(event.webinar, id));
        if (!person.fold(event, value)) return;
        person.offsets[topic] = Math.max(person.offsets[topic], offset + 1);
        inserts.person(person);
    }

    public static void main(String[] given) {
        Peer peer = new Peer(given[2], given[3], given[4]);
        StreamsBuilder builder = new StreamsBuilder();
        builder.addStateStore(new RowsBuilder(peer.inserts));
        builder.stream(TOPICS, Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())).process(() -> new Fold(peer), "rows");
        KafkaStreams streams = new KafkaStreams(builder.build(), properties(given[0], given[1], given[5]));
        streams.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.RUNNING) System.out.println("ready");
            if (now == KafkaStreams.State.ERROR) System.exit(1);
        });
        streams.setUncaughtExceptionHandler(error -> {
            error.printStackTrace();
            return StreamThreadExceptionResponse.SHUTDOWN_APPLICATION;
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(5))));
        streams.start();
    }

    private static Properties properties(String bootstrap, String group, String folder) {
        Properties found = new Properties();
        found.put(StreamsConfig.APPLICATION_ID_CONFIG, group);
        found.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        found.put(StreamsConfig.STATE_DIR_CONFIG, folder);
        found.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        found.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, 0L);
        found.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 5_000);
        found.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        found.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
        found.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100);
        return found;
    }

    private static final class Fold implements Processor<byte[], byte[], Void, Void> {
        private final Peer peer;
        private ProcessorContext<Void, Void> context;

        Fold(Peer peer) {
            this.peer = peer;
        }

        @Override
        public void init(ProcessorContext<Void, Void> given) {
            context = given;
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            try {
                peer.take(context, record);
            } catch (Exception error) {
                throw new IllegalStateException(error);
            }
        }
    }

    /** A store without content: Kafka Streams commits it before the offsets, and then the rows are inserted. */
    private record Rows(Inserts inserts) implements StateStore {
        @Override
        public String name() {
            return "rows";
        }

        @Override
        public void init(StateStoreContext context, StateStore root) {
            context.register(root, (key, value) -> {});
        }

        @Override
        public void commit(Map<TopicPartition, Long> offsets) {
            try {
                inserts.flush();
            } catch (Exception error) {
                throw new IllegalStateException(error);
            }
        }

        @Override
        public void close() {}

        @Override
        public boolean persistent() {
            return false;
        }

        @Override
        public boolean isOpen() {
            return true;
        }
    }

    private record RowsBuilder(Inserts inserts) implements StoreBuilder<StateStore> {
        @Override
        public StateStore build() {
            return new Rows(inserts);
        }

        @Override
        public StoreBuilder<StateStore> withCachingEnabled() {
            return this;
        }

        @Override
        public StoreBuilder<StateStore> withCachingDisabled() {
            return this;
        }

        @Override
        public StoreBuilder<StateStore> withLoggingEnabled(Map<String, String> config) {
            return this;
        }

        @Override
        public StoreBuilder<StateStore> withLoggingDisabled() {
            return this;
        }

        @Override
        public Map<String, String> logConfig() {
            return Map.of();
        }

        @Override
        public boolean loggingEnabled() {
            return false;
        }

        @Override
        public String name() {
            return "rows";
        }
    }
}
