import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One event of the contract, as far as the bench sends any; whatever else comes is refused. */
final class Event {
    static final Map<String, Integer> STATUS =
        Map.of("registered", 1, "approved", 2, "cancelled", 3, "denied", 4, "withdrawn", 5);
    private static final long FIRST = 946_684_800_000L, DAY = 86_400_000L;
    private static final List<String> SOURCE = List.of("utm_source", "utm_medium", "utm_campaign", "utm_content",
        "utm_term", "referrer", "tracking_code", "platform_source");
    private static final JsonFactory JSON = new JsonFactory();
    private static final ObjectMapper MAPPER = new ObjectMapper();

    String type, kind, id, webinar, person, platform, status, session, source;
    long occurred, received, started;
    int schema;

    /** Milliseconds since 1970 UTC. Throws IllegalArgumentException with the record if it is not such an event. */
    static Event decode(byte[] value, long writtenAt) {
        Event event = new Event();
        try (JsonParser parser = JSON.createParser(value)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) throw new IllegalArgumentException();
            while (parser.nextToken() == JsonToken.FIELD_NAME) event.read(parser, parser.currentName());
            event.check(writtenAt);
        } catch (Exception error) {
            throw new IllegalArgumentException("not an event of the bench: " + new String(value), error);
        }
        return event;
    }

    private void read(JsonParser parser, String name) throws Exception {
        JsonToken token = parser.nextToken();
        switch (name) {
            case "type" -> type = text(parser, token);
            case "kind" -> kind = text(parser, token);
            case "event_id" -> id = text(parser, token);
            case "webinar_id" -> webinar = text(parser, token);
            case "person_id" -> person = text(parser, token);
            case "platform" -> platform = text(parser, token);
            case "status" -> status = text(parser, token);
            case "session_id" -> session = text(parser, token);
            case "occurred_at" -> occurred = instant(text(parser, token));
            case "received_at" -> received = instant(text(parser, token));
            case "started_at" -> started = instant(text(parser, token));
            case "schema_version" -> schema = parser.getIntValue();
            case "source" -> source = source(parser);
            default -> parser.skipChildren();
        }
    }

    private void check(long writtenAt) {
        boolean whole = id != null && webinar != null && platform != null && schema == 1;
        boolean inTime = received >= FIRST && received <= writtenAt + DAY && occurred >= FIRST && occurred <= received + DAY;
        boolean known = switch (type) {
            case "webinar" -> started >= FIRST;
            case "registration" -> isPerson() && STATUS.containsKey(status);
            case "attendance" -> isPerson() && session != null && List.of("joined", "left", "seen").contains(kind);
            default -> false;
        };
        if (!whole || !inTime || !known) throw new IllegalArgumentException();
    }

    private boolean isPerson() {
        if (person == null || person.length() != 34 || !(person.startsWith("p_") || person.startsWith("r_"))) return false;
        for (int i = 2; i < 34; i++) if (Character.digit(person.charAt(i), 16) < 0) return false;
        return true;
    }

    private static String text(JsonParser parser, JsonToken token) throws Exception {
        if (token != JsonToken.VALUE_STRING) throw new IllegalArgumentException();
        return parser.getText();
    }

    private static long instant(String text) {
        if (text.length() != 24 || text.charAt(23) != 'Z') return OffsetDateTime.parse(text).toInstant().toEpochMilli();
        long day = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10)).toEpochDay();
        return day * DAY + number(text, 11, 13) * 3_600_000L + number(text, 14, 16) * 60_000L
            + number(text, 17, 19) * 1_000L + number(text, 20, 23);
    }

    private static int number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }

    private static String source(JsonParser parser) throws Exception {
        TreeMap<Integer, String> fields = new TreeMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            int place = SOURCE.indexOf(parser.currentName());
            JsonToken token = parser.nextToken();
            if (place >= 0 && token == JsonToken.VALUE_STRING) fields.put(place, parser.getText().strip());
            else parser.skipChildren();
        }
        StringBuilder key = new StringBuilder("{");
        for (var one : fields.entrySet()) {
            if (key.length() > 1) key.append(',');
            key.append('"').append(SOURCE.get(one.getKey())).append("\":").append(MAPPER.writeValueAsString(one.getValue()));
        }
        return key.append('}').toString();
    }
}
