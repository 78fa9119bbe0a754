namespace WasmChord.Training;

/// <summary>
/// The start of what copying needs, written into the first two layers' random parameters: heads of layer 0 that look
/// one, two or three tokens back and note what stood there, and heads of layer 1 that look for places which came after
/// the present token (induction; Olsson and others, "In-context learning and induction heads", 2022). Left to chance,
/// these circuits appear only after millions of tokens; all of this remains free to be learned otherwise.
/// </summary>
internal sealed class CopyCircuits(NetworkShape shape, IReadOnlyDictionary<string, float[]> parameters)
{
    // One value is the same in all embeddings: queries and keys of positions alone are made from it. The output is the
    // same matrix, where it adds the same to all logits.
    private const float Constant = 0.32f, Position = 1.33f, Note = 0.17f, MatchQuery = 1.2f, MatchKey = 1.8f;
    private const int PositionPairs = 6, InductionHeads = 2;
    private static readonly int[] s_lags = [1, 1, 2, 3];

    public void Write()
    {
        float[] embedding = parameters["token_embd.weight"];
        for (int token = 0; token < shape.VocabularySize; token++) embedding[token * shape.Hidden] = Constant;
        for (int head = 0; head < s_lags.Length; head++) LookBack(head, s_lags[head]);
        for (int head = 0; head < InductionHeads; head++) LookForAfter(head);
    }

    // After RoPE the product of a query at m and a key at n is the sum of cos((m - n - lag) θ), largest at the lag.
    private void LookBack(int head, int lag)
    {
        float[] q = parameters["blk.0.attn_q.weight"], k = parameters["blk.0.attn_k.weight"];
        float[] v = parameters["blk.0.attn_v.weight"], output = parameters["blk.0.attn_output.weight"];
        for (int pair = 0; pair < PositionPairs; pair++)
        {
            double angle = lag * Math.Pow(shape.RopeBase, -2.0 * pair / shape.HeadDim);
            int row = (head * shape.HeadDim + 2 * pair) * shape.Hidden;
            q[row] = Position;
            k[row] = Position * (float)Math.Cos(angle);
            k[row + shape.Hidden] = Position * (float)Math.Sin(angle);
        }
        for (int i = 0; i < shape.HeadDim; i++)
        {
            float[] value = Row(v, head * shape.HeadDim + i);
            Scale(value, 1);
            value[0] = 0;
            value.CopyTo(v, (head * shape.HeadDim + i) * shape.Hidden);
            Scale(Column(output, head * shape.HeadDim + i), Note, (j, x) => output[j * shape.Hidden + head * shape.HeadDim + i] = x);
        }
    }

    // The query is the present token as the values of layer 0 show it, the key what layer 0 noted of the token before.
    // Only pairs that RoPE turns slowly are used, as the distance does not matter.
    private void LookForAfter(int head)
    {
        float[] q = parameters["blk.1.attn_q.weight"], k = parameters["blk.1.attn_k.weight"];
        float[] v = parameters["blk.0.attn_v.weight"], output = parameters["blk.0.attn_output.weight"];
        for (int i = 2 * PositionPairs; i < shape.HeadDim; i++)
        {
            int at = head * shape.HeadDim + i;
            Scale(Row(v, at), MatchQuery, (j, x) => q[at * shape.Hidden + j] = x);
            Scale(Column(output, at), MatchKey, (j, x) => k[at * shape.Hidden + j] = x);
        }
    }

    private float[] Row(float[] matrix, int row) => matrix[(row * shape.Hidden)..((row + 1) * shape.Hidden)];

    private float[] Column(float[] matrix, int column) => [.. Enumerable.Range(0, shape.Hidden).Select(row => matrix[row * shape.Hidden + column])];

    private static void Scale(float[] values, float length) => Scale(values, length, (i, x) => values[i] = x);

    private static void Scale(float[] values, float length, Action<int, float> write)
    {
        double norm = Math.Sqrt(values.Sum(x => (double)x * x));
        for (int i = 0; i < values.Length; i++) write(i, (float)(values[i] * length / norm));
    }
}
