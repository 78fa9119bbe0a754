using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Memory64;

/// <summary>Module <c>wasmchord</c>: the host's kernels on acquired weights and on the guest's memory.</summary>
internal sealed unsafe class KernelFunctions(GuestContext guest)
{
    private byte[] _activations = [];
    private float[] _angles = [];
    private (int Dimensions, int Position, float Base) _anglesOf;

    /// <summary><c>tensor_dequantize(address: i64, type: i32, count: i32, out_ptr: i32) -> i32</c></summary>
    public int TensorDequantize(long address, int type, int count, int outPointer)
    {
        GuestCode code = Weights(address, type, 1, count, out GgmlTypeTraits traits, out byte* source);
        if (code < 0) return guest.Answer(code);
        code = guest.Memory.WritableFloats(outPointer, count, out Span<float> output);
        if (code < 0) return guest.Answer(code);
        // Not as a span: the bytes may be more than one holds.
        fixed (float* to = output) Dequantizer.ToFloat(traits.Type, source, to, count);
        return 0;
    }

    /// <summary><c>matvec(address: i64, type: i32, rows: i32, cols: i32, x_ptr: i32, y_ptr: i32) -> i32</c></summary>
    public int MatVec(long address, int type, int rows, int columns, int xPointer, int yPointer)
    {
        if (columns <= 0) return guest.Answer(GuestCode.BadArgument);
        GuestCode code = Weights(address, type, rows, columns, out GgmlTypeTraits traits, out byte* source);
        if (code < 0) return guest.Answer(code);
        code = guest.Memory.ReadableFloats(xPointer, columns, out ReadOnlySpan<float> x);
        if (code < 0) return guest.Answer(code);
        code = guest.Memory.WritableFloats(yPointer, rows, out Span<float> y);
        if (code < 0) return guest.Answer(code);
        GgmlTypeTraits encoded = GgmlTypeTraits.For(Activations.TypeFor(traits.Type));
        if (columns % encoded.BlockSize != 0) return guest.Answer(GuestCode.BadArgument);
        long rowBytes = traits.BytesFor(columns);
        if (Math.Max(rowBytes, encoded.BytesFor(columns)) > int.MaxValue) return guest.Answer(GuestCode.BadArgument);
        int bytes = (int)encoded.BytesFor(columns);
        if (bytes + _angles.Length * (long)sizeof(float) > guest.ScratchBytes) return guest.Answer(GuestCode.Refused);
        if (_activations.Length < bytes) _activations = new byte[bytes];
        Activations.Encode(encoded.Type, x, _activations.AsSpan(0, bytes));
        // Rows of more than 2 GiB together do not fit a span: they are taken a part at a time.
        int most = (int)(int.MaxValue / rowBytes);
        for (int row = 0; row < rows; row += most)
        {
            int part = Math.Min(most, rows - row);
            ReadOnlySpan<byte> weights = new(source + row * rowBytes, (int)(part * rowBytes));
            MatMul.Multiply(traits.Type, weights, columns, _activations.AsSpan(0, bytes), 1, y.Slice(row, part), part);
        }

        return 0;
    }

    /// <summary><c>rms_norm(x_ptr: i32, weight_ptr: i32, count: i32, epsilon: f32, y_ptr: i32) -> i32</c></summary>
    public int RmsNorm(int xPointer, int weightPointer, int count, float epsilon, int yPointer)
    {
        if (count <= 0) return guest.Answer(GuestCode.BadArgument);
        GuestCode code = guest.Memory.ReadableFloats(xPointer, count, out ReadOnlySpan<float> x);
        if (code < 0) return guest.Answer(code);
        code = guest.Memory.ReadableFloats(weightPointer, count, out ReadOnlySpan<float> weight);
        if (code < 0) return guest.Answer(code);
        code = guest.Memory.WritableFloats(yPointer, count, out Span<float> y);
        if (code < 0) return guest.Answer(code);
        Norms.Rms(x, weight, epsilon, y);
        return 0;
    }

    /// <summary>
    /// <c>rope(x_ptr: i32, heads: i32, head_dim: i32, dimensions: i32, position: i32, base: f32, pairing: i32) -> i32</c>
    /// </summary>
    public int Rope(int pointer, int heads, int headDim, int dimensions, int position, float frequencyBase, int pairing)
    {
        if (heads < 0 || headDim <= 0 || dimensions <= 0 || dimensions > headDim || (dimensions & 1) != 0 || position < 0 || pairing is not (0 or 1)
            || !(frequencyBase > 0) || (long)heads * headDim > int.MaxValue) return guest.Answer(GuestCode.BadArgument);
        GuestCode code = guest.Memory.WritableFloats(pointer, heads * headDim, out Span<float> x);
        if (code < 0) return guest.Answer(code);
        // Only what lies in the guest's memory bounds the angles' size: without a head nothing does.
        if (heads == 0) return 0;
        if (_anglesOf != (dimensions, position, frequencyBase))
        {
            if (_activations.Length + dimensions * (long)sizeof(float) > guest.ScratchBytes) return guest.Answer(GuestCode.Refused);
            _angles = _angles.Length == dimensions ? _angles : new float[dimensions];
            Kernels.Rope.Angles(new RopeScaling(dimensions, frequencyBase), [], position, _angles);
            _anglesOf = (dimensions, position, frequencyBase);
        }

        Kernels.Rope.Rotate(x, headDim, _angles, pairing == 0 ? RopePairing.Interleaved : RopePairing.SplitHalf);
        return 0;
    }

    /// <summary><c>softmax(x_ptr: i32, count: i32) -> i32</c></summary>
    public int SoftMax(int pointer, int count)
    {
        GuestCode code = guest.Memory.WritableFloats(pointer, count, out Span<float> x);
        if (code < 0) return guest.Answer(code);
        if (count > 0) Softmax.InPlace(x);
        return 0;
    }

    /// <summary><c>silu_multiply(gate_ptr: i32, up_ptr: i32, count: i32, y_ptr: i32) -> i32</c></summary>
    public int SiluMultiply(int gatePointer, int upPointer, int count, int yPointer)
    {
        GuestCode code = guest.Memory.ReadableFloats(gatePointer, count, out ReadOnlySpan<float> gate);
        if (code < 0) return guest.Answer(code);
        code = guest.Memory.ReadableFloats(upPointer, count, out ReadOnlySpan<float> up);
        if (code < 0) return guest.Answer(code);
        code = guest.Memory.WritableFloats(yPointer, count, out Span<float> y);
        if (code < 0) return guest.Answer(code);
        GatedUnit.SiluMultiply(gate, up, y);
        return 0;
    }

    // (rows, columns) of a type at an address within one tensor that the guest holds, whole blocks.
    private GuestCode Weights(long address, int type, int rows, int columns, out GgmlTypeTraits traits, out byte* source)
    {
        source = null;
        traits = default;
        if (guest.Leases is null) return GuestCode.NotEnabled;
        if (!GgmlTypeTraits.TryFor((GgmlType)type, out traits)) return GuestCode.BadType;
        if (rows < 0 || columns < 0 || columns % traits.BlockSize != 0) return GuestCode.BadArgument;
        Int128 bytes = (Int128)traits.BytesFor(columns) * rows;
        if (bytes > long.MaxValue) return GuestCode.BadArgument;
        return guest.Leases.Locate(address, (long)bytes, traits.Type, out source);
    }
}
