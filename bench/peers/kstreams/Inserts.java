import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Map;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** What waits to be inserted: raw events and changed persons. */
final class Inserts {
    private static final String EVENTS = "events (webinar_id, event_id, topic, partition, offset, written_at, event)";
    private static final String PERSONS = "persons (webinar_id, person_id, version, same_as, excluded, domain_ids, source,"
        + " registration_at, registration_status, first_session_at, first_open_session_at, interval_start, interval_end,"
        + " begin_used, reached_visit_at, reached_at, thresholds, summary_at, summary_seconds, recording_view_at, state)";
    private static final int MOST = 20_000;

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final LinkedHashSet<Person> changed = new LinkedHashSet<>();
    private final Map<String, Long> begins;
    private final String address, user, password;
    private RowBinary events = new RowBinary();
    private int count;

    Inserts(String address, String user, String password, Map<String, Long> begins) {
        this.address = address;
        this.user = user;
        this.password = password;
        this.begins = begins;
    }

    void event(Event event, RecordMetadata from, long writtenAt, byte[] value) {
        events.text(event.webinar);
        events.text(event.id);
        events.text(from.topic());
        events.write(from.partition());
        events.write(from.partition() >> 8);
        events.int64(from.offset());
        events.int64(writtenAt);
        events.bytes(value);
        count++;
    }

    void person(Person person) {
        if (person.waits) return;
        person.waits = true;
        changed.add(person);
    }

    boolean isFull() {
        return count >= MOST;
    }

    void flush() throws Exception {
        if (count == 0) return;
        post(EVENTS, events);
        RowBinary rows = new RowBinary();
        for (Person one : changed) {
            one.row(rows, begins.getOrDefault(one.webinar, Person.FAR));
            one.waits = false;
        }
        if (!changed.isEmpty()) post(PERSONS, rows);
        events = new RowBinary();
        changed.clear();
        count = 0;
    }

    private void post(String into, RowBinary body) throws Exception {
        String query = URLEncoder.encode("INSERT INTO " + into + " FORMAT RowBinary", StandardCharsets.UTF_8);
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + "&query=" + query))
            .header("X-ClickHouse-User", user).header("X-ClickHouse-Key", password)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray())).build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) throw new IOException(answer.body());
    }
}
