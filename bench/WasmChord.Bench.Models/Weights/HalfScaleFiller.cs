using System.Buffers.Binary;
using System.Collections.Frozen;
using WasmChord.Gguf;

namespace WasmChord.Bench.Models;

/// <summary>
/// Blocks with one half-precision scale, and with an offset in some formats. Every other bit pattern is valid. Source
/// of the layouts: ggml's <c>ggml-common.h</c>.
/// </summary>
internal sealed class HalfScaleFiller : WeightFiller
{
    private static readonly FrozenDictionary<GgmlType, Layout> s_layouts = new Dictionary<GgmlType, Layout>
    {
        [GgmlType.Q4_0] = new(0), [GgmlType.Q5_0] = new(0), [GgmlType.Q8_0] = new(0), [GgmlType.Q1_0] = new(0), [GgmlType.Q2_0] = new(0),
        [GgmlType.Q4_1] = new(0, 2, -7.5), [GgmlType.Q5_1] = new(0, 2, -15.5),
        [GgmlType.Q2_K] = new(80, 82, 1.5), [GgmlType.Q3_K] = new(108), [GgmlType.Q4_K] = new(0, 2, 7.5),
        [GgmlType.Q5_K] = new(0, 2, 15.5), [GgmlType.Q6_K] = new(208),
        [GgmlType.IQ1_S] = new(0), [GgmlType.IQ2_XXS] = new(0), [GgmlType.IQ2_XS] = new(0), [GgmlType.IQ2_S] = new(0),
        [GgmlType.IQ3_XXS] = new(0), [GgmlType.IQ3_S] = new(0), [GgmlType.IQ4_NL] = new(0), [GgmlType.IQ4_XS] = new(0),
        [GgmlType.TQ1_0] = new(52), [GgmlType.TQ2_0] = new(64),
    }.ToFrozenDictionary();

    private readonly GgmlType _type;
    private readonly int _typeSize;
    private readonly Layout _layout;
    private readonly ScaleTable _scales;
    private readonly ScaleTable? _offsets;

    public HalfScaleFiller(GgmlType type, double scale)
    {
        _type = type;
        _typeSize = GgmlTypeTraits.For(type).TypeSize;
        _layout = s_layouts[type];
        _scales = new ScaleTable(scale, bothSigns: !_layout.HasOffset);
        if (_layout.HasOffset) _offsets = new ScaleTable(scale * _layout.OffsetPerScale, bothSigns: false);
    }

    public static bool HasLayout(GgmlType type) => s_layouts.ContainsKey(type);

    protected override void Shape(Span<byte> blocks)
    {
        for (; !blocks.IsEmpty; blocks = blocks[_typeSize..])
        {
            int random = blocks[_layout.ScaleAt];
            BinaryPrimitives.WriteUInt16LittleEndian(blocks[_layout.ScaleAt..], _scales.Choose(random));
            if (_offsets is null) continue;
            BinaryPrimitives.WriteUInt16LittleEndian(blocks[_layout.OffsetAt..], _offsets.Choose(random));
            if (_type is GgmlType.Q4_K or GgmlType.Q5_K) CentrePackedMins(blocks.Slice(4, 12));
            else if (_type == GgmlType.Q2_K) CentreMins(blocks[..16]);
        }
    }

    /// <summary>
    /// Makes the eight six-bit mins equal the eight scales, so that each block of 32 is centred on zero as real weights
    /// are. Bytes 0–3 hold scales 0–3 and the upper bits of scales 4–7, bytes 4–7 the same of the mins, bytes 8–11 the
    /// lower nibbles of scales 4–7 and of mins 4–7.
    /// </summary>
    private static void CentrePackedMins(Span<byte> packed)
    {
        packed[..4].CopyTo(packed[4..]);
        foreach (ref byte b in packed[8..]) b = (byte)((b & 0x0F) * 0x11);
    }

    /// <summary>The same for Q2_K: scale in the low nibble, min in the high one.</summary>
    private static void CentreMins(Span<byte> scales)
    {
        foreach (ref byte b in scales) b = (byte)((b & 0x0F) * 0x11);
    }

    /// <summary>Where the scale lies, where the offset lies, and how large the offset is that centres the codes on zero.</summary>
    private readonly record struct Layout(int ScaleAt, int OffsetAt = -1, double OffsetPerScale = 0)
    {
        public bool HasOffset => OffsetAt >= 0;
    }
}
