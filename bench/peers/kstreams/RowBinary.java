import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** ClickHouse's format of rows. */
final class RowBinary extends ByteArrayOutputStream {
    RowBinary() {
        super(1 << 20);
    }

    void length(long value) {
        for (; value >= 128; value >>>= 7) write((int) (value & 127 | 128));
        write((int) value);
    }

    void int64(long value) {
        for (int i = 0; i < 8; i++, value >>>= 8) write((int) (value & 255));
    }

    void int64s(long[] values) {
        length(values.length);
        for (long one : values) int64(one);
    }

    void text(String value) {
        bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    void bytes(byte[] value) {
        length(value.length);
        write(value, 0, value.length);
    }
}
