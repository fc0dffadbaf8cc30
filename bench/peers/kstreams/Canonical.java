import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.TreeMap;

/** JSON with sorted keys, without what all registrations share. */
final class Canonical {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    static String of(byte[] value) throws Exception {
        ObjectNode node = (ObjectNode) MAPPER.readTree(value);
        node.remove(List.of("received_at", "type", "schema_version"));
        return MAPPER.writeValueAsString(sorted(node));
    }

    private static JsonNode sorted(JsonNode node) {
        if (!(node instanceof ObjectNode object)) return node;
        TreeMap<String, JsonNode> fields = new TreeMap<>();
        object.properties().forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
        ObjectNode result = MAPPER.createObjectNode();
        fields.forEach(result::set);
        return result;
    }
}
