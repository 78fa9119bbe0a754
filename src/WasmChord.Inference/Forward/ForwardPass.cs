using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Inference;

/// <summary>
/// Runs waves: applies each layer once to every position of every sequence, in order, and leaves logits. One thread at a
/// time may use it. What it computes for a position depends on that position's own sequence only, to the last bit.
/// </summary>
public sealed partial class ForwardPass : IDisposable
{
    private readonly InferenceModel _model;
    private readonly ModelConfig _config;
    private readonly ILayerSource _source;
    private readonly ComputePool _pool;
    private readonly ForwardOptions _options;
    private readonly PassBuffers _buffers;
    private readonly WaveRows _rows;
    private readonly int[] _logitRows; // row of the wave, by row of the logits
    private readonly int[] _sliceLogits; // first row of the logits, by slice
    private readonly byte[] _embeddingRow;
    private readonly NormJob _norm;
    private readonly EncodeJob _encode;
    private readonly MultiplyJob _multiply;
    private readonly RopeJob _rope;
    private readonly AttentionJob _attention;
    private readonly GateJob _gate;
    private int _logitRowCount;
    private CancellationToken _cancellation;

    /// <summary>Prepares, and allocates what <see cref="ScratchBytes"/> says.</summary>
    /// <param name="model">The model.</param>
    /// <param name="source">Where its weights come from.</param>
    /// <param name="pool">The threads that share the work.</param>
    /// <param name="options">The bounds.</param>
    /// <exception cref="InferenceException">A bound is out of range.</exception>
    public ForwardPass(InferenceModel model, ILayerSource source, ComputePool pool, ForwardOptions options)
    {
        Check(options);
        _model = model;
        _config = model.Config;
        _source = source;
        _pool = pool;
        _options = options;
        _buffers = new PassBuffers(_config, options, pool.ThreadCount);
        _rows = new WaveRows(options.MaxPositions);
        _logitRows = new int[options.MaxLogitRows];
        _sliceLogits = new int[options.MaxPositions];
        _embeddingRow = new byte[model.Embedding.Tensor.RowBytes];
        _norm = new NormJob(_buffers, _config.NormEpsilon);
        _encode = new EncodeJob(_buffers.Encoded);
        _multiply = new MultiplyJob(_buffers.Encoded, options.Scheme);
        _rope = new RopeJob(_config, _buffers, _rows);
        _attention = new AttentionJob(_config, _buffers, _rows);
        _gate = new GateJob(_buffers);
        _router = _config.ExpertCount > 0 ? new ExpertRouter(_config, options.MaxPositions) : null;
    }

    /// <summary>Sees intermediate values: their name, their block, and (positions, columns) of them. For tests.</summary>
    internal PassProbe? Probe { get; set; }

    /// <summary>Native memory that this pass holds.</summary>
    internal long HeldBytes => _buffers.HeldBytes;

    /// <summary>Native memory that a pass allocates.</summary>
    public static long ScratchBytes(ModelConfig config, ForwardOptions options, int threadCount)
    {
        Check(options);
        return PassBuffers.SizeOf(config, options, threadCount);
    }

    /// <summary>Runs one wave. Afterwards every sequence has grown by its tokens; after an exception none has.</summary>
    /// <param name="slices">Each sequence at most once.</param>
    /// <param name="cancellation">Abandons the wave between two segments.</param>
    /// <exception cref="InferenceException">A token outside the vocabulary, no room in a sequence, too many positions, logits that are not finite.</exception>
    /// <exception cref="WeightsUnavailableException">Weights could not be had.</exception>
    /// <exception cref="OperationCanceledException">The wave was abandoned.</exception>
    public void Run(ReadOnlySpan<WaveSlice> slices, CancellationToken cancellation = default)
    {
        Admit(slices);
        _cancellation = cancellation;
        try
        {
            _source.BeginWave(_model.VisitOrder);
            Embed(slices);
            for (int layer = 0; layer < _config.LayerCount; layer++)
            {
                BlockWeights block = _model.Blocks[layer];
                Attend(layer, block);
                FeedForward(layer, block);
            }

            MakeLogits();
        }
        finally
        {
            _source.EndWave();
            _rows.Clear();
        }

        foreach (WaveSlice slice in slices) slice.Sequence.Append(slice.Tokens.Length);
    }

    /// <summary>The logits that the last wave made for one token.</summary>
    /// <param name="slice">Index of the slice.</param>
    /// <param name="token">Index of the token in the slice; logits must have been wanted for it.</param>
    /// <returns>(vocabulary); overwritten by the next wave. The caller may change them.</returns>
    public Span<float> Logits(int slice, int token)
    {
        int row = _sliceLogits[slice] + token;
        if ((uint)row >= (uint)_logitRowCount) throw new ArgumentOutOfRangeException(nameof(token), token, "no logits were wanted for this token");
        return _buffers.Logits[row];
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => _buffers.Dispose();

    private void Embed(ReadOnlySpan<WaveSlice> slices)
    {
        WeightMatrix embedding = _model.Embedding;
        int row = 0;
        foreach (WaveSlice slice in slices)
        {
            foreach (TokenId token in slice.Tokens.Span)
            {
                _source.Read(embedding.Tensor, token.Value * embedding.Tensor.RowBytes, _embeddingRow);
                Dequantizer.ToFloat(embedding.Tensor.Type, _embeddingRow, _buffers.Residual[row]);
                Rope.Angles(_config.Rope, _model.RopeFactors, _rows.Position(row), _buffers.Angles[row]);
                row++;
            }
        }

        Probe?.Invoke("embedding", -1, _buffers.Residual.First(row));
    }

    private void Attend(int layer, BlockWeights block)
    {
        Normalize(block.AttentionNorm, layer > 0);
        Probe?.Invoke("attention norm", layer, _buffers.Normed.First(_rows.Count));
        Multiply(block.Projections, _buffers.Normed, _rows.Count, _buffers.Joint);
        Probe?.Invoke("projections", layer, _buffers.Joint.First(_rows.Count));
        _rope.Block = block;
        _rope.Layer = _attention.Layer = layer;
        _pool.Run(_rope);
        Probe?.Invoke("turned projections", layer, _buffers.Joint.First(_rows.Count));
        _pool.Run(_attention);
        Probe?.Invoke("attention", layer, _buffers.Attended.First(_rows.Count));
        Multiply(block.AttentionOutput, _buffers.Attended, _rows.Count, _buffers.Delta);
        Probe?.Invoke("attention output", layer, _buffers.Delta.First(_rows.Count));
    }

    private void FeedForward(int layer, BlockWeights block)
    {
        Normalize(block.FeedForwardNorm, addsDelta: true);
        Probe?.Invoke("feed-forward input", layer, _buffers.Residual.First(_rows.Count));
        Probe?.Invoke("feed-forward norm", layer, _buffers.Normed.First(_rows.Count));
        if (block.Router is not null) RunExperts(layer, block, block.Router);
        else RunGated(layer, block, 0, _buffers.Normed, _rows.Count, _buffers.Delta);
        Probe?.Invoke("feed-forward output", layer, _buffers.Delta.First(_rows.Count));
    }

    private void RunGated(int layer, BlockWeights block, int expert, FloatRows input, int count, FloatRows output)
    {
        Multiply(block.GateAndUp, input, count, _buffers.GateUp, expert);
        Probe?.Invoke("gate and up", layer, _buffers.GateUp.First(count));
        _gate.PositionCount = count;
        _pool.Run(_gate);
        Probe?.Invoke("gated", layer, _buffers.GateUp.First(count));
        Multiply(block.Down, _buffers.GateUp, count, output, expert);
    }

    private void MakeLogits()
    {
        Normalize(_model.OutputNorm, addsDelta: true);
        Probe?.Invoke("output norm", _config.LayerCount, _buffers.Normed.First(_rows.Count));
        if (_logitRowCount == 0) return;
        // The wanted rows move to the front: their numbers ascend, so none is overwritten before it has moved.
        for (int i = 0; i < _logitRowCount; i++)
            if (_logitRows[i] != i) _buffers.Normed[_logitRows[i]].CopyTo(_buffers.Normed[i]);
        Multiply(_model.Output, _buffers.Normed, _logitRowCount, _buffers.Logits);
        for (int i = 0; i < _logitRowCount; i++) RequireFinite(_buffers.Logits[i], _rows.Position(_logitRows[i]));
    }

    private void Normalize(float[] weight, bool addsDelta)
    {
        _norm.Weight = weight;
        _norm.AddsDelta = addsDelta;
        _norm.PositionCount = _rows.Count;
        _pool.Run(_norm);
    }

    /// <summary>output[p] = matrix · input[p], for the first <paramref name="count"/> rows.</summary>
    private void Multiply(WeightMatrix matrix, FloatRows input, int count, FloatRows output, int slice = 0)
    {
        Encode(EncodingFor(matrix), matrix.Columns, input, count);
        MultiplyEncoded(matrix, count, output, 0, slice);
    }

    /// <summary>output[p, offset of the matrix..] = matrix · input[p], for matrices of one input: it is encoded once for all that agree on how.</summary>
    private void Multiply(IReadOnlyList<(WeightMatrix Matrix, int Offset)> matrices, FloatRows input, int count, FloatRows output, int slice = 0)
    {
        for (int i = 0; i < matrices.Count; i++)
        {
            (WeightMatrix matrix, int offset) = matrices[i];
            GgmlType encoding = EncodingFor(matrix);
            if (i == 0 || encoding != _encode.Type) Encode(encoding, matrix.Columns, input, count);
            MultiplyEncoded(matrix, count, output, offset, slice);
        }
    }

    /// <summary>Multiplies what was encoded last, tile by tile, and adds the bias.</summary>
    private void MultiplyEncoded(WeightMatrix matrix, int count, FloatRows output, int offset, int slice)
    {
        _multiply.Matrix = matrix;
        _multiply.PositionCount = count;
        _multiply.EncodedRowBytes = _encode.RowBytes;
        _multiply.Output = output;
        _multiply.OutputOffset = offset;
        foreach (WeightTile tile in matrix.Tiles(slice))
        {
            _cancellation.ThrowIfCancellationRequested();
            _multiply.Tile = tile;
            _multiply.Lease = _source.Acquire(tile.Segment);
            _pool.Run(_multiply);
        }

        if (matrix.Bias is not { } bias) return;
        for (int p = 0; p < count; p++) Elementwise.Add(output[p].Slice(offset, matrix.Rows), bias);
    }

    private GgmlType EncodingFor(WeightMatrix matrix) =>
        _options.Scheme == MatMulScheme.Float ? GgmlType.F32 : Activations.TypeFor(matrix.Tensor.Type);

    private void Encode(GgmlType type, int columns, FloatRows input, int count)
    {
        _encode.Type = type;
        _encode.Input = input;
        _encode.Columns = columns;
        _encode.RowBytes = (int)GgmlTypeTraits.For(type).BytesFor(columns);
        _encode.PositionCount = count;
        _pool.Run(_encode);
    }
}
