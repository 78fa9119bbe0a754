using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// How a model's budget is divided at one moment: <see cref="BufferBytes"/>, <see cref="CacheBytes"/> and
/// <see cref="GenerationBytes"/> together are <see cref="BudgetBytes"/>, less what is being handed from the cache to a
/// reservation that waits.
/// </summary>
/// <param name="BudgetBytes">The budget.</param>
/// <param name="BufferBytes">Set aside for loads in flight.</param>
/// <param name="SmallestCacheBytes">What the weights' cache keeps at least: one segment in use and one in flight.</param>
/// <param name="CacheBytes">What the weights' cache may fill.</param>
/// <param name="ConstantBytes">Reserved for <see cref="MemoryUse.Constants"/>.</param>
/// <param name="ScratchBytes">Reserved for <see cref="MemoryUse.Scratch"/>.</param>
/// <param name="KvBytes">Reserved for <see cref="MemoryUse.KvCache"/>.</param>
/// <param name="PeakGenerationBytes">Most that was ever reserved for the three together.</param>
/// <param name="MostGenerationBytes">Most that could be reserved for the three together.</param>
public sealed record MemoryStatus(
    long BudgetBytes,
    long BufferBytes,
    long SmallestCacheBytes,
    long CacheBytes,
    long ConstantBytes,
    long ScratchBytes,
    long KvBytes,
    long PeakGenerationBytes,
    long MostGenerationBytes)
{
    /// <summary>
    /// Most memory that the weights' image held and generation had reserved at one moment, since the model was opened.
    /// Not above <see cref="MostBudgetBytes"/>.
    /// </summary>
    public long PeakResidentBytes { get; init; }

    /// <summary>The most that the budget ever was: one that is automatic grows with what generation takes, and shrinks again.</summary>
    public long MostBudgetBytes { get; init; }

    /// <summary>Reserved for generation, all uses together.</summary>
    public long GenerationBytes => ConstantBytes + ScratchBytes + KvBytes;

    /// <summary>The division in words, with the numbers.</summary>
    public override string ToString() =>
        $"of a budget of {BudgetBytes} bytes ({ByteSize.Format(BudgetBytes)}), {BufferBytes} are set aside for loading and at least {SmallestCacheBytes} for weights; generation has {GenerationBytes} (KV {KvBytes}, scratch {ScratchBytes}, constants {ConstantBytes}) and could have {MostGenerationBytes}";
}
