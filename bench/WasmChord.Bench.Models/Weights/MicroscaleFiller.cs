namespace WasmChord.Bench.Models;

/// <summary>
/// MXFP4: the scale is a power of two, an exponent in the first byte of the block (Open Compute Project, Microscaling
/// Formats 1.0).
/// </summary>
internal sealed class MicroscaleFiller : WeightFiller
{
    private const int TypeSize = 17, UnitExponent = 127;

    private readonly byte _exponent;

    public MicroscaleFiller(double scale) => _exponent = (byte)(UnitExponent + Math.Clamp((int)Math.Round(Math.Log2(scale)), -100, 100));

    public static MicroscaleFiller Unit => new(1);

    protected override void Shape(Span<byte> blocks)
    {
        // The exponent or the one below: a deviation that is right within a factor of two is all that a power allows.
        for (; !blocks.IsEmpty; blocks = blocks[TypeSize..]) blocks[0] = (byte)(_exponent - (blocks[0] & 1));
    }
}
