using System.Buffers.Binary;
using System.Text;
using WasmChord.Gguf;

namespace WasmChord.Memory64;

/// <summary>Module <c>wasmchord</c>: layers in place, what the model says of itself, and the log.</summary>
internal sealed unsafe class WeightFunctions(GuestContext guest)
{
    /// <summary>Bytes of the structure that describes a tensor.</summary>
    public const int TensorBytes = 56;

    // An acquired layer may be unreadable in place: without a region the guest has only copies.
    private bool IsInPlace => guest.Weights is { Regions.Count: 1 };

    /// <summary><c>layer_count() -> i32</c></summary>
    public int LayerCount() => guest.Weights?.Image.BlockCount ?? 0;

    /// <summary><c>layer_acquire(layer: i32, deadline_ms: i32) -> i64</c></summary>
    public long LayerAcquire(int layer, int deadline)
    {
        if (!IsInPlace) return guest.Answer(GuestCode.NotEnabled);
        if (guest.Weights!.Image.Layer(layer) is not { } wanted) return guest.Answer(GuestCode.LayerNotFound);
        GuestCode code = guest.Leases!.Acquire(wanted, guest.Patience(deadline), guest.Stopping);
        return code < 0 ? guest.Answer(code) : wanted.Address;
    }

    /// <summary><c>layer_release(layer: i32) -> i32</c></summary>
    public int LayerRelease(int layer)
    {
        if (!IsInPlace) return guest.Answer(GuestCode.NotEnabled);
        if (guest.Weights!.Image.Layer(layer) is not { } held) return guest.Answer(GuestCode.LayerNotFound);
        return guest.Answer(guest.Leases!.Release(held));
    }

    /// <summary><c>layer_bytes(layer: i32) -> i64</c></summary>
    public long LayerBytes(int layer)
    {
        if (guest.Weights is null) return guest.Answer(GuestCode.NotEnabled);
        return guest.Weights.Image.Layer(layer) is { } known ? known.ByteLength : guest.Answer(GuestCode.LayerNotFound);
    }

    /// <summary><c>layer_tensor(layer: i32, name_ptr: i32, name_len: i32, out_ptr: i32) -> i32</c></summary>
    public int LayerTensor(int layer, int namePointer, int nameLength, int outPointer)
    {
        if (guest.Weights is null) return guest.Answer(GuestCode.NotEnabled);
        if (guest.Weights.Image.Layer(layer) is not { } known) return guest.Answer(GuestCode.LayerNotFound);
        GuestCode code = guest.Memory.Text(namePointer, nameLength, out string name);
        if (code < 0) return guest.Answer(code);
        foreach (GuestTensor tensor in known.Tensors)
        {
            ReadOnlySpan<char> full = tensor.Info.Name;
            bool isShort = known.Id.IsBlock && full.Length > name.Length + 4 && full.EndsWith(name) && full[4..^name.Length].TrimEnd('.').IndexOf('.') < 0
                && full[^(name.Length + 1)] == '.';
            if (full.SequenceEqual(name) || isShort) return Describe(tensor, outPointer);
        }

        return guest.Answer(GuestCode.NotFound);
    }

    /// <summary><c>layer_tensor_at(layer: i32, index: i32, out_ptr: i32) -> i32</c></summary>
    public int LayerTensorAt(int layer, int index, int outPointer)
    {
        if (guest.Weights is null) return guest.Answer(GuestCode.NotEnabled);
        if (guest.Weights.Image.Layer(layer) is not { } known) return guest.Answer(GuestCode.LayerNotFound);
        return (uint)index < (uint)known.Tensors.Length ? Describe(known.Tensors[index], outPointer) : guest.Answer(GuestCode.NotFound);
    }

    /// <summary><c>metadata_number(key_ptr: i32, key_len: i32, out_ptr: i32) -> i32</c></summary>
    public int MetadataNumber(int keyPointer, int keyLength, int outPointer)
    {
        if (guest.Weights is null) return guest.Answer(GuestCode.NotEnabled);
        GuestCode code = guest.Memory.Text(keyPointer, keyLength, out string key);
        if (code < 0) return guest.Answer(code);
        if (!TryGetNumber(guest.Weights.Metadata, key, out double value)) return guest.Answer(GuestCode.NotFound);
        code = guest.Memory.Writable(outPointer, sizeof(double), out byte* destination);
        if (code < 0) return guest.Answer(code);
        BinaryPrimitives.WriteDoubleLittleEndian(new Span<byte>(destination, sizeof(double)), value);
        return sizeof(double);
    }

    /// <summary><c>metadata_text(key_ptr: i32, key_len: i32, out_ptr: i32, out_len: i32) -> i32</c></summary>
    public int MetadataText(int keyPointer, int keyLength, int outPointer, int outLength)
    {
        if (guest.Weights is null) return guest.Answer(GuestCode.NotEnabled);
        GuestCode code = guest.Memory.Text(keyPointer, keyLength, out string key);
        if (code < 0) return guest.Answer(code);
        if (!guest.Weights.Metadata.TryGetString(key, out string? value)) return guest.Answer(GuestCode.NotFound);
        byte[] text = Encoding.UTF8.GetBytes(value);
        if (text.Length > (uint)outLength) return guest.Answer(GuestCode.BufferTooSmall);
        code = guest.Memory.Writable(outPointer, text.Length, out byte* destination);
        if (code < 0) return guest.Answer(code);
        text.CopyTo(new Span<byte>(destination, text.Length));
        return text.Length;
    }

    /// <summary><c>weights_read(address: i64, ptr: i32, size: i32) -> i32</c></summary>
    public int WeightsRead(long address, int pointer, int size)
    {
        if (!IsInPlace) return guest.Answer(GuestCode.NotEnabled);
        if (size < 0) return guest.Answer(GuestCode.BadArgument);
        GuestCode code = guest.Memory.Writable(pointer, size, out byte* destination);
        if (code < 0) return guest.Answer(code);
        code = guest.Leases!.LocateInLayer(address, size, out byte* source);
        if (code < 0) return guest.Answer(code);
        Buffer.MemoryCopy(source, destination, size, size);
        guest.BytesRead += size;
        return size;
    }

    /// <summary><c>log(ptr: i32, len: i32) -> i32</c></summary>
    public int Log(int pointer, int length)
    {
        if (length < 0) return guest.Answer(GuestCode.BadArgument);
        GuestCode code = guest.Memory.Readable(pointer, length, out byte* text);
        return guest.Answer(code, code < 0 ? 0 : guest.Log.Append(new ReadOnlySpan<byte>(text, length)));
    }

    private static bool TryGetNumber(GgufMetadata metadata, string key, out double value)
    {
        if (metadata.TryGetDouble(key, out value)) return true;
        if (metadata.TryGetInt64(key, out long signed)) value = signed;
        else if (metadata.TryGetUInt64(key, out ulong unsigned)) value = unsigned;
        else if (metadata.TryGetBoolean(key, out bool truth)) value = truth ? 1 : 0;
        else return false;
        return true;
    }

    private int Describe(GuestTensor tensor, int pointer)
    {
        GuestCode code = guest.Memory.Writable(pointer, TensorBytes, out byte* destination);
        if (code < 0) return guest.Answer(code);
        Span<byte> bytes = new(destination, TensorBytes);
        TensorShape shape = tensor.Info.Shape;
        BinaryPrimitives.WriteInt64LittleEndian(bytes, tensor.Address);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], tensor.ByteLength);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], (int)tensor.Type);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[20..], shape.DimensionCount);
        ReadOnlySpan<long> extents = [shape.Ne0, shape.Ne1, shape.Ne2, shape.Ne3];
        for (int i = 0; i < extents.Length; i++) BinaryPrimitives.WriteInt64LittleEndian(bytes[(24 + 8 * i)..], extents[i]);
        return 0;
    }
}
