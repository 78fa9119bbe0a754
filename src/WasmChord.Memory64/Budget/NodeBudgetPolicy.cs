namespace WasmChord.Memory64;

/// <summary>
/// How a node's automatic budget follows what the machine can give: it shrinks at once, and grows when there has been
/// room for a while, a quarter of the way at a time. Plain arithmetic on what is measured; one writer.
/// </summary>
public sealed class NodeBudgetPolicy
{
    // Smaller changes than this part of the budget are not worth moving memory for.
    private const int StepShare = 64;
    private const int PressureShare = 8;
    private const int GrowthShare = 4;

    private readonly NodeBudgetLimits _limits;
    private int _roomySamples;

    /// <summary>Creates a policy.</summary>
    /// <param name="limits">What it keeps free, and how patient it is.</param>
    public NodeBudgetPolicy(NodeBudgetLimits limits) => _limits = limits;

    /// <summary>What a node may take of memory that can be had.</summary>
    /// <param name="availableBytes">Bytes that it could have in all.</param>
    public long ShareOf(long availableBytes) =>
        Math.Max(0, Math.Min((long)(availableBytes * _limits.Fraction), availableBytes - _limits.HeadroomBytes));

    /// <summary>The budget after a look at the machine.</summary>
    /// <param name="totalBytes">The budget now.</param>
    /// <param name="heldBytes">Memory that models really hold of it now.</param>
    /// <param name="availableBytes">Bytes that could be had besides.</param>
    /// <param name="pressure">Percent of time that tasks waited for memory lately; null where it is not known.</param>
    public long Next(long totalBytes, long heldBytes, long availableBytes, double? pressure)
    {
        long wanted = ShareOf(heldBytes + availableBytes);
        if (pressure >= _limits.PressurePercent) wanted = Math.Min(wanted, totalBytes - totalBytes / PressureShare);
        long step = totalBytes / StepShare;
        if (wanted > totalBytes + step)
        {
            if (++_roomySamples < _limits.GrowAfterSamples) return totalBytes;
            return Math.Min(wanted, totalBytes + Math.Max(step, (wanted - totalBytes) / GrowthShare) + 1);
        }

        _roomySamples = 0;
        return wanted < totalBytes - step ? wanted : totalBytes;
    }
}
