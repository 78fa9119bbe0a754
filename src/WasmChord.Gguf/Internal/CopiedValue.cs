using System.Buffers;

namespace WasmChord.Gguf.Internal;

/// <summary>
/// A value of another file. Where that file encodes as the new one does, its bytes are copied as they are, never
/// materialised; a version 1 file, or one of the other byte order, is re-encoded piece by piece.
/// </summary>
internal sealed class CopiedValue(GgufMetadataEntry entry) : PendingValue(entry.Type)
{
    private const int PieceBytes = 32 * 1024;

    public override async ValueTask WriteAsync(FieldWriter writer, CancellationToken cancellationToken)
    {
        ValueLayout layout = entry.Layout;
        using GgufCursor cursor = layout.OpenCursor(entry.Source, layout.Offset, layout.ByteLength, cancellationToken);
        if (layout.LengthBytes == 8 && layout.IsBigEndian == writer.IsBigEndian)
        {
            await CopyAsync(cursor, writer, layout.ByteLength, 1, cancellationToken).ConfigureAwait(false);
            return;
        }
        switch (Type)
        {
            case GgufValueType.String:
                await CopyStringAsync(cursor, writer, cancellationToken).ConfigureAwait(false);
                break;
            case GgufValueType.Array:
                await CopyArrayAsync(cursor, writer, cancellationToken).ConfigureAwait(false);
                break;
            default:
                int size = GgufFormat.SizeOf(Type);
                await CopyAsync(cursor, writer, size, size, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    private static async ValueTask CopyArrayAsync(GgufCursor cursor, FieldWriter writer, CancellationToken cancellationToken)
    {
        await cursor.PrefetchAsync(4 + 8).ConfigureAwait(false);
        GgufValueType elementType = (GgufValueType)cursor.ReadUInt32();
        ulong count = cursor.ReadLength();
        writer.UInt32((uint)elementType);
        writer.Unsigned(count, 8);
        if (elementType == GgufValueType.String)
        {
            for (ulong i = 0; i < count; i++) await CopyStringAsync(cursor, writer, cancellationToken).ConfigureAwait(false);
            return;
        }
        await CopyAsync(cursor, writer, cursor.Remaining, GgufFormat.SizeOf(elementType), cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask CopyStringAsync(GgufCursor cursor, FieldWriter writer, CancellationToken cancellationToken)
    {
        await cursor.PrefetchAsync(cursor.LengthBytes).ConfigureAwait(false);
        long length = cursor.ReadStringLength("a string");
        writer.Length(length);
        await CopyAsync(cursor, writer, length, 1, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Copies bytes; elements of a size above 1 change byte order where the two files differ in it.</summary>
    private static async ValueTask CopyAsync(
        GgufCursor cursor, FieldWriter writer, long byteLength, int elementBytes, CancellationToken cancellationToken)
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent((int)Math.Min(byteLength, PieceBytes));
        try
        {
            for (long left = byteLength; left > 0;)
            {
                // PieceBytes is a multiple of every element size, so that no element straddles two pieces.
                Memory<byte> bytes = piece.AsMemory(0, (int)Math.Min(left, PieceBytes));
                await cursor.CopyToAsync(bytes).ConfigureAwait(false);
                if (cursor.IsBigEndian != writer.IsBigEndian) ElementDecoder.SwapElements(bytes.Span, elementBytes);
                writer.Bytes(bytes.Span);
                await writer.YieldAsync(cancellationToken).ConfigureAwait(false);
                left -= bytes.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
