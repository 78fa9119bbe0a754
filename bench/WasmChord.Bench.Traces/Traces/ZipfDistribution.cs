namespace WasmChord.Bench.Traces;

/// <summary>Ranks 0 … count − 1, rank r with a probability in proportion to 1 ÷ (r + 1)^exponent.</summary>
internal sealed class ZipfDistribution
{
    private readonly double[] _cumulative;

    public ZipfDistribution(int count, double exponent)
    {
        _cumulative = new double[count];
        double sum = 0;
        for (int r = 0; r < count; r++) _cumulative[r] = sum += Math.Pow(r + 1, -exponent);
        for (int r = 0; r < count; r++) _cumulative[r] /= sum;
    }

    public int Next(Random random)
    {
        int index = Array.BinarySearch(_cumulative, random.NextDouble());
        return Math.Min(index < 0 ? ~index : index, _cumulative.Length - 1);
    }
}
