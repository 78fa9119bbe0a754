namespace WasmChord.Training;

/// <summary>
/// Dimensions of a Llama. Every row of a matrix is a multiple of 256 long, so that the K-quants can hold it.
/// </summary>
internal sealed record NetworkShape(
    int VocabularySize, int Hidden, int Layers, int Heads, int KvHeads, int FeedForward, int Context, float Epsilon, float RopeBase)
{
    /// <summary>Values in one head.</summary>
    public int HeadDim => Hidden / Heads;

    /// <summary>
    /// The demo model's shape: about 2.4 million parameters. RoPE's base is high, so that most pairs of a head turn
    /// little within a story and can say what is looked for rather than where.
    /// </summary>
    public static NetworkShape Demo(int vocabularySize) => new(vocabularySize, 256, 3, 8, 8, 512, 512, 1e-5f, 1e6f);

    /// <summary>
    /// All tensors by their names in GGUF, with rows and columns; norms have one row. The embedding is the output matrix
    /// too.
    /// </summary>
    public IEnumerable<(string Name, int Rows, int Columns)> Tensors()
    {
        int kv = KvHeads * HeadDim;
        yield return ("token_embd.weight", VocabularySize, Hidden);
        for (int layer = 0; layer < Layers; layer++)
        {
            yield return ($"blk.{layer}.attn_norm.weight", 1, Hidden);
            yield return ($"blk.{layer}.attn_q.weight", Hidden, Hidden);
            yield return ($"blk.{layer}.attn_k.weight", kv, Hidden);
            yield return ($"blk.{layer}.attn_v.weight", kv, Hidden);
            yield return ($"blk.{layer}.attn_output.weight", Hidden, Hidden);
            yield return ($"blk.{layer}.ffn_norm.weight", 1, Hidden);
            yield return ($"blk.{layer}.ffn_gate.weight", FeedForward, Hidden);
            yield return ($"blk.{layer}.ffn_up.weight", FeedForward, Hidden);
            yield return ($"blk.{layer}.ffn_down.weight", Hidden, FeedForward);
        }
        yield return ("output_norm.weight", 1, Hidden);
    }
}
