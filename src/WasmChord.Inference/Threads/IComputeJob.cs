namespace WasmChord.Inference;

/// <summary>Work that threads share. An object is made once and run many times.</summary>
public interface IComputeJob
{
    /// <summary>Does one part; the parts together do the whole, and touch nothing in common.</summary>
    /// <param name="part">Which, from 0.</param>
    /// <param name="partCount">Of how many.</param>
    void Run(int part, int partCount);
}
