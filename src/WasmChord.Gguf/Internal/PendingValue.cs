using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace WasmChord.Gguf.Internal;

/// <summary>A metadata value waiting to be written.</summary>
internal abstract class PendingValue(GgufValueType type)
{
    public GgufValueType Type => type;

    /// <summary>Writes the value, without its type number.</summary>
    public abstract ValueTask WriteAsync(FieldWriter writer, CancellationToken cancellationToken);
}

/// <summary>A number or boolean, as its bits.</summary>
internal sealed class PendingScalar(GgufValueType type, ulong bits) : PendingValue(type)
{
    public override ValueTask WriteAsync(FieldWriter writer, CancellationToken cancellationToken)
    {
        writer.Unsigned(bits, GgufFormat.SizeOf(Type));
        return default;
    }
}

/// <summary>A string, as its bytes.</summary>
internal sealed class PendingString(ReadOnlyMemory<byte> bytes) : PendingValue(GgufValueType.String)
{
    public override ValueTask WriteAsync(FieldWriter writer, CancellationToken cancellationToken)
    {
        writer.ByteString(bytes.Span);
        return writer.YieldAsync(cancellationToken);
    }
}

/// <summary>An array of numbers or booleans, in the machine's byte order until written.</summary>
internal sealed class PendingNumbers<T>(GgufValueType elementType, T[] values) : PendingValue(GgufValueType.Array) where T : unmanaged
{
    private const int PieceCount = 4096;

    public override async ValueTask WriteAsync(FieldWriter writer, CancellationToken cancellationToken)
    {
        writer.UInt32((uint)elementType);
        writer.Length(values.LongLength);
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceCount * Unsafe.SizeOf<T>());
        for (int done = 0; done < values.Length; done += PieceCount)
        {
            int count = Math.Min(PieceCount, values.Length - done);
            Memory<byte> bytes = piece.AsMemory(0, count * Unsafe.SizeOf<T>());
            MemoryMarshal.AsBytes(values.AsSpan(done, count)).CopyTo(bytes.Span);
            if (writer.IsBigEndian == BitConverter.IsLittleEndian) ElementDecoder.SwapElements(bytes.Span, Unsafe.SizeOf<T>());
            writer.Bytes(bytes.Span);
            await writer.YieldAsync(cancellationToken).ConfigureAwait(false);
        }
        ArrayPool<byte>.Shared.Return(piece);
    }
}

/// <summary>An array of strings.</summary>
internal sealed class PendingStrings(IReadOnlyList<string> values) : PendingValue(GgufValueType.Array)
{
    public override async ValueTask WriteAsync(FieldWriter writer, CancellationToken cancellationToken)
    {
        writer.UInt32((uint)GgufValueType.String);
        writer.Length(values.Count);
        foreach (string value in values)
        {
            writer.ByteString(Encoding.UTF8.GetBytes(value));
            await writer.YieldAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}

/// <summary>An array of strings, as their bytes.</summary>
internal sealed class PendingByteStrings(IReadOnlyList<ReadOnlyMemory<byte>> values) : PendingValue(GgufValueType.Array)
{
    public override async ValueTask WriteAsync(FieldWriter writer, CancellationToken cancellationToken)
    {
        writer.UInt32((uint)GgufValueType.String);
        writer.Length(values.Count);
        foreach (ReadOnlyMemory<byte> value in values)
        {
            writer.ByteString(value.Span);
            await writer.YieldAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
