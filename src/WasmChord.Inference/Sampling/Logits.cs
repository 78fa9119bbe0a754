using System.Numerics;
using System.Runtime.InteropServices;

namespace WasmChord.Inference;

/// <summary>What logits must be.</summary>
internal static class Logits
{
    /// <summary>Refuses logits that are not numbers; infinite ones are.</summary>
    internal static void RequireNumbers(ReadOnlySpan<float> logits)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(logits);
        int done = 0;
        // Only NaN differs from itself.
        while (done < vectors.Length && Vector.EqualsAll(vectors[done], vectors[done])) done++;
        for (int i = done * Vector<float>.Count; i < logits.Length; i++)
            if (float.IsNaN(logits[i])) throw new InferenceException(InferenceError.NotFinite, $"the logit of token {i} is not a number");
    }

    internal static InferenceException NothingLeft() => new(InferenceError.NotFinite, "every token is banned: no logit is above -infinity");
}
