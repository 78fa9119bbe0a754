namespace WasmChord.Bench.Models;

/// <summary>
/// Sixteen half-precision scales between 0.56 and 1.5 times a mean, so that neighbouring blocks differ; four random bits
/// choose one. Where a format has no offset, half of them are negative and the mean of all values is zero.
/// </summary>
internal sealed class ScaleTable
{
    private const int Count = 16;

    private readonly ushort[] _bits = new ushort[Count];

    public ScaleTable(double mean, bool bothSigns)
    {
        for (int i = 0; i < Count; i++)
        {
            double scale = mean * (9 + i) / Count;
            _bits[i] = BitConverter.HalfToUInt16Bits((Half)(bothSigns && int.IsEvenInteger(i) ? -scale : scale));
        }
    }

    /// <summary>The scale that random bits choose.</summary>
    public ushort Choose(int random) => _bits[random & (Count - 1)];
}
