using System.Buffers.Binary;

namespace WasmChord.Bench.Models;

/// <summary>
/// IQ1_M: the half-precision scale is spread, lowest nibble first, over the upper nibbles of the four words at byte 48
/// of the block. Source of the layout: ggml's <c>ggml-common.h</c>.
/// </summary>
internal sealed class SpreadScaleFiller(double scale) : WeightFiller
{
    private const int TypeSize = 56, ScalesAt = 48, WordCount = 4;

    private readonly ScaleTable _scales = new(scale, bothSigns: true);

    protected override void Shape(Span<byte> blocks)
    {
        for (; !blocks.IsEmpty; blocks = blocks[TypeSize..])
        {
            int bits = _scales.Choose(blocks[ScalesAt + 1] >> 4);
            for (int i = 0; i < WordCount; i++)
            {
                Span<byte> word = blocks.Slice(ScalesAt + 2 * i, 2);
                int kept = BinaryPrimitives.ReadUInt16LittleEndian(word) & 0x0FFF;
                BinaryPrimitives.WriteUInt16LittleEndian(word, (ushort)(kept | ((bits >> (4 * i) & 0xF) << 12)));
            }
        }
    }
}
