package dev.freshet.http.clickhouse;

import com.clickhouse.data.ClickHouseCityHash;
import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;

/**
 * ClickHouse's own compressed blocks, as {@code compress=1} and {@code decompress=1} ask for them: a CityHash128 (16 bytes) of
 * what follows, the method (1 byte), the compressed size with this header of 9 bytes and the plain size (4 bytes each,
 * little-endian), then the data: packed by LZ4 or ZSTD, or plain. Answers are LZ4.
 */
@SuppressWarnings("deprecation") // the client library's hash is the only one of ClickHouse's CityHash variant in Java
final class CompressedBlocks {
    private static final int BLOCK_BYTES = 1 << 16;
    private static final int CHECKSUM_BYTES = 16;
    private static final int HEADER_BYTES = 9;
    private static final int MOST_PLAIN_BYTES = 64 << 20;
    private static final byte LZ4 = (byte) 0x82;
    private static final byte ZSTD = (byte) 0x90;
    private static final byte PLAIN = 0x02;

    private CompressedBlocks() {}

    static byte[] compress(byte[] plain) {
        LZ4Compressor compressor = LZ4Factory.fastestInstance().fastCompressor();
        ByteArrayOutputStream blocks = new ByteArrayOutputStream(plain.length / 2 + 64);
        for (int from = 0; from < plain.length; from += BLOCK_BYTES) {
            int length = Math.min(BLOCK_BYTES, plain.length - from);
            byte[] block = new byte[CHECKSUM_BYTES + HEADER_BYTES + compressor.maxCompressedLength(length)];
            int packed = compressor.compress(plain, from, length, block, CHECKSUM_BYTES + HEADER_BYTES);
            ByteBuffer header = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
            header.put(CHECKSUM_BYTES, LZ4)
                    .putInt(CHECKSUM_BYTES + 1, HEADER_BYTES + packed)
                    .putInt(CHECKSUM_BYTES + 5, length);
            long[] checksum = ClickHouseCityHash.cityHash128(block, CHECKSUM_BYTES, HEADER_BYTES + packed);
            header.putLong(0, checksum[0]).putLong(8, checksum[1]);
            blocks.write(block, 0, CHECKSUM_BYTES + HEADER_BYTES + packed);
        }
        return blocks.toByteArray();
    }

    /** @throws IOException when the bytes are no whole, intact blocks */
    static byte[] decompress(byte[] blocks) throws IOException {
        ByteBuffer input = ByteBuffer.wrap(blocks).order(ByteOrder.LITTLE_ENDIAN);
        ByteArrayOutputStream plain = new ByteArrayOutputStream(blocks.length * 2);
        int at = 0;
        while (at < blocks.length) {
            if (blocks.length - at < CHECKSUM_BYTES + HEADER_BYTES) {
                throw new IOException("compressed data must be whole blocks");
            }
            int packed = input.getInt(at + CHECKSUM_BYTES + 1);
            int length = input.getInt(at + CHECKSUM_BYTES + 5);
            if (packed < HEADER_BYTES
                    || packed > blocks.length - at - CHECKSUM_BYTES
                    || length < 0
                    || length > MOST_PLAIN_BYTES) {
                throw new IOException("a compressed block has an impossible size");
            }
            long[] checksum = ClickHouseCityHash.cityHash128(blocks, at + CHECKSUM_BYTES, packed);
            if (checksum[0] != input.getLong(at) || checksum[1] != input.getLong(at + 8)) {
                throw new IOException("the checksum of a compressed block does not hold");
            }
            ByteBuffer data = input.slice(at + CHECKSUM_BYTES + HEADER_BYTES, packed - HEADER_BYTES);
            plain.writeBytes(unpack(input.get(at + CHECKSUM_BYTES), data, length));
            at += CHECKSUM_BYTES + packed;
        }
        return plain.toByteArray();
    }

    private static byte[] unpack(byte method, ByteBuffer data, int length) throws IOException {
        ByteBuffer plain = ByteBuffer.allocate(length);
        try {
            switch (method) {
                case LZ4 -> LZ4Factory.fastestInstance().safeDecompressor().decompress(data, plain);
                case ZSTD -> plain.put(Zstd.decompress(bytes(data), length));
                case PLAIN -> plain.put(data);
                default -> throw new IOException("compressed blocks must be LZ4, ZSTD or plain");
            }
        } catch (LZ4Exception | ZstdException | BufferOverflowException e) {
            throw new IOException("a compressed block cannot be unpacked", e);
        }
        if (plain.hasRemaining()) {
            throw new IOException("a compressed block is shorter than it says");
        }
        return plain.array();
    }

    private static byte[] bytes(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        return bytes;
    }
}
