using WasmChord.Inference;

namespace WasmChord.Actors;

/// <summary>What a model needs to generate: opened and disposed on the wave's thread, memory reserved beforehand.</summary>
internal sealed class ModelRuntime : IDisposable
{
    private ModelRuntime(InferenceModel model, ModelText text, KvCache kv, ComputePool pool, int context)
    {
        Model = model;
        Text = text;
        Kv = kv;
        Pool = pool;
        Context = context;
    }

    /// <summary>The model.</summary>
    public InferenceModel Model { get; }

    /// <summary>Its vocabulary.</summary>
    public ModelText Text { get; }

    /// <summary>Keys and values of all sequences.</summary>
    public KvCache Kv { get; }

    /// <summary>The threads.</summary>
    public ComputePool Pool { get; }

    /// <summary>Longest sequence in positions.</summary>
    public int Context { get; }

    /// <summary>The forward pass, while its scratch memory is there.</summary>
    public ForwardPass? Pass { get; private set; }

    /// <summary>Memory that stays as long as the model generates.</summary>
    public long ConstantBytes => Model.VectorBytes + Text.ApproximateBytes + Sampler.BytesFor(Model.Config.VocabularySize) + RowChecksums.BytesFor(Model.Embedding.Tensor);

    /// <summary>Opens a model. Reads small tensors; blocks.</summary>
    /// <exception cref="InferenceException">The model cannot be run.</exception>
    /// <exception cref="WeightsUnavailableException">A tensor could not be read.</exception>
    public static ModelRuntime Open(ModelServices services, ModelText text, ILayerSource source)
    {
        GenerationSettings settings = services.Settings.Generation;
        ModelConfig config = ModelConfig.Read(services.Model);
        int context = settings.Context == 0 ? config.ContextLength : Math.Min(settings.Context, config.ContextLength);
        InferenceModel model = InferenceModel.Open(services.Model, source, context);
        KvCache kv = new(config, settings.KvType, settings.KvPagePositions);
        return new ModelRuntime(model, text, kv, new ComputePool(settings.Threads), context);
    }

    /// <summary>What <see cref="ConstantBytes"/> will be at most, before anything is read.</summary>
    public static long MostConstantBytes(ModelServices services)
    {
        long bytes = ModelText.MostBytes(services.Model);
        foreach (Gguf.TensorInfo tensor in services.Model.Tensors)
            if (tensor.Shape.RowCount == 1) bytes += tensor.Shape.Ne0 * sizeof(float);
        // The wave's thread chooses the tokens of all sequences, one after another.
        if (services.Model.TryGetTensor(RowChecksums.TensorName, out Gguf.TensorInfo? embedding))
            bytes += Sampler.BytesFor((int)Math.Min(embedding.Shape.RowCount, int.MaxValue)) + RowChecksums.BytesFor(embedding);
        return Math.Max(1, bytes);
    }

    /// <summary>Bounds of a wave of <paramref name="positions"/> positions.</summary>
    public ForwardOptions OptionsFor(int positions, GenerationSettings settings) =>
        new(positions, Math.Min(positions, Math.Max(settings.MaxSequences, settings.DraftTokens + 1)), Context, settings.Scheme);

    /// <summary>Scratch memory that a wave within the bounds takes.</summary>
    public long ScratchBytes(ForwardOptions options) => ForwardPass.ScratchBytes(Model.Config, options, Pool.ThreadCount);

    /// <summary>Allocates scratch memory.</summary>
    public void PreparePass(ILayerSource source, ForwardOptions options)
    {
        DropPass();
        Pass = new ForwardPass(Model, source, Pool, options);
    }

    /// <summary>Gives scratch memory back.</summary>
    public void DropPass()
    {
        Pass?.Dispose();
        Pass = null;
    }

    /// <summary>Gives everything back; pages in use follow as their sequences are disposed.</summary>
    public void Dispose()
    {
        DropPass();
        Kv.Dispose();
        Pool.Dispose();
    }
}
