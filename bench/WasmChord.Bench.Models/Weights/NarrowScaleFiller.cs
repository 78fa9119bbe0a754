namespace WasmChord.Bench.Models;

/// <summary>
/// NVFP4: the four scales of a block are unsigned 8-bit floats, E4M3, in its first bytes. Their smallest value, 2⁻⁹,
/// bounds how small the weights can be.
/// </summary>
internal sealed class NarrowScaleFiller : WeightFiller
{
    private const int TypeSize = 36, ScaleCount = 4, LargestCode = 0x7E;

    private readonly byte _code;

    public NarrowScaleFiller(double scale) =>
        _code = (byte)Enumerable.Range(1, LargestCode).MinBy(code => Math.Abs(ValueOf(code) - scale));

    public static NarrowScaleFiller Unit => new(1);

    protected override void Shape(Span<byte> blocks)
    {
        for (; !blocks.IsEmpty; blocks = blocks[TypeSize..])
        {
            foreach (ref byte scale in blocks[..ScaleCount]) scale = (byte)Math.Min(_code + (scale & 1), LargestCode);
        }
    }

    private static double ValueOf(int code) =>
        code < 8 ? code * Math.Pow(2, -9) : (1 + (code & 7) / 8.0) * Math.Pow(2, (code >> 3) - 7);
}
