using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Inference.Tests;

/// <summary>A model with all that a pass needs: in memory, or streamed segment by segment.</summary>
internal sealed class LoadedModel : IDisposable
{
    private readonly GgufModel _file;

    public LoadedModel(
        string path, MatMulScheme scheme, KvType kv = KvType.F32, int threads = 2, int maxPositions = 64, ImageOptions? image = null, int context = 512, bool streams = false)
    {
        _file = GgufModel.OpenAsync(path).AsTask().GetAwaiter().GetResult();
        Source = streams ? new StreamedLayerSource(_file, image ?? new ImageOptions()) : ResidentLayerSource.Load(_file, image);
        Model = InferenceModel.Open(_file, Source);
        Pool = new ComputePool(threads);
        Cache = new KvCache(Model.Config, kv, 16) { LimitBytes = long.MaxValue };
        Pass = new ForwardPass(Model, Source, Pool, new ForwardOptions(maxPositions, maxPositions, context, scheme));
    }

    public ILayerSource Source { get; }

    public StreamedLayerSource Streamed => (StreamedLayerSource)Source;

    public InferenceModel Model { get; }

    public ComputePool Pool { get; }

    public KvCache Cache { get; }

    public ForwardPass Pass { get; }

    /// <summary>The logits after every token, fed in chunks.</summary>
    public float[] Run(TokenId[] tokens, int chunk)
    {
        using KvSequence sequence = Cache.CreateSequence();
        Assert.True(sequence.TryGrow(tokens.Length));
        List<float> logits = [];
        for (int from = 0; from < tokens.Length; from += chunk)
        {
            TokenId[] part = tokens[from..Math.Min(tokens.Length, from + chunk)];
            Pass.Run([new WaveSlice(sequence, part, 0)]);
            for (int t = 0; t < part.Length; t++) logits.AddRange(Pass.Logits(0, t));
        }

        return [.. logits];
    }

    public void Dispose()
    {
        Pass.Dispose();
        Cache.Dispose();
        Pool.Dispose();
        ((IDisposable)Source).Dispose();
        _file.Dispose();
    }
}
