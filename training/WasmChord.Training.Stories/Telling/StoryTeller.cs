using WasmChord.Gguf;
using WasmChord.Inference;

namespace WasmChord.Training.Stories;

/// <summary>
/// A story model in the project's own runtime, held in memory whole: continues texts, several at a time, and measures
/// how well it expects texts. One thread at a time.
/// </summary>
public sealed class StoryTeller : IDisposable
{
    private const int MaxTogether = 16;
    private readonly GgufModel _file;
    private readonly Tokenizer _tokenizer;
    private readonly ResidentLayerSource _source;
    private readonly InferenceModel _model;
    private readonly ComputePool _pool;
    private readonly ForwardPass _pass;
    private readonly KvCache _cache;

    private StoryTeller(GgufModel file, Tokenizer tokenizer, int threads)
    {
        _file = file;
        _tokenizer = tokenizer;
        _source = ResidentLayerSource.Load(file);
        _model = InferenceModel.Open(file, _source);
        _pool = new ComputePool(threads);
        int context = _model.Config.ContextLength;
        _pass = new ForwardPass(_model, _source, _pool, new ForwardOptions(context, context, context));
        _cache = new KvCache(_model.Config, KvType.F32);
        _cache.LimitBytes = (long)MaxTogether * _cache.PagesFor(context) * _cache.PageBytes;
    }

    /// <summary>Opens a model file.</summary>
    public static async Task<StoryTeller> OpenAsync(string path, int threads = 1)
    {
        GgufModel file = await GgufModel.OpenAsync(path).ConfigureAwait(false);
        return new(file, await Tokenizer.CreateAsync(file).ConfigureAwait(false), threads);
    }

    /// <summary>
    /// Continues each prompt until the model ends the story or the context is full.
    /// </summary>
    /// <param name="prompts">Beginnings of stories.</param>
    /// <param name="temperature">0 takes the most likely token each time.</param>
    /// <param name="seed">Where chance begins; each prompt has its own, by index.</param>
    /// <returns>The whole texts, prompts included.</returns>
    public IReadOnlyList<string> Continue(IReadOnlyList<string> prompts, float temperature, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        List<string> texts = [];
        foreach (string[] part in prompts.Chunk(MaxTogether)) texts.AddRange(Together(part, temperature, seed + (ulong)texts.Count));
        return texts;
    }

    /// <summary>
    /// The sum of −ln p over the tokens of a text and the mark that ends it, and how many those are.
    /// </summary>
    public (double NegativeLogLikelihood, int Tokens) Measure(string text)
    {
        TokenId[] ids = [.. _tokenizer.Encode(text), _tokenizer.EndOfGeneration[0]];
        ReadOnlyMemory<TokenId> fed = ids.AsMemory(0, ids.Length - 1);
        using KvSequence sequence = Grown(fed.Length);
        _pass.Run([new WaveSlice(sequence, fed, 0)]);
        double sum = 0;
        for (int i = 0; i < fed.Length; i++)
        {
            ReadOnlySpan<float> logits = _pass.Logits(0, i);
            double largest = float.NegativeInfinity, total = 0;
            foreach (float logit in logits) largest = Math.Max(largest, logit);
            foreach (float logit in logits) total += Math.Exp(logit - largest);
            sum += largest + Math.Log(total) - logits[ids[i + 1].Value];
        }
        return (sum, fed.Length);
    }

    /// <summary>Gives everything back.</summary>
    public void Dispose()
    {
        _cache.Dispose();
        _pass.Dispose();
        _pool.Dispose();
        _source.Dispose();
        _file.Dispose();
    }

    private IEnumerable<string> Together(string[] prompts, float temperature, ulong seed)
    {
        Telling[] tellings = [.. prompts.Select((prompt, i) => new Telling(
            [.. _tokenizer.Encode(prompt)],
            Grown(_model.Config.ContextLength),
            new Sampler(new SamplerOptions { Temperature = temperature, Seed = seed + (ulong)i, TopK = 0, TopP = 1, MinP = 0 }, _tokenizer.VocabularySize)))];
        // Prompts go through the pass one by one, as all together may be more positions than it takes.
        foreach (Telling telling in tellings) Advance([telling]);
        while (tellings.Any(Unfinished)) Advance([.. tellings.Where(Unfinished)]);
        foreach (Telling telling in tellings) telling.Sequence.Dispose();
        return tellings.Select(telling => TextOf(telling.Ids.ToArray()));
    }

    // The token that begins a text is not part of it, nor the space that would follow it.
    private string TextOf(TokenId[] ids) => _tokenizer.Decode(ids[0] == _tokenizer.Special.BeginOfSequence ? ids.AsSpan(1) : ids);

    private void Advance(Telling[] tellings)
    {
        WaveSlice[] slices = [.. tellings.Select(telling =>
        {
            TokenId[] fresh = [.. telling.Ids.Skip(telling.Sequence.Length)];
            return new WaveSlice(telling.Sequence, fresh, fresh.Length - 1);
        })];
        _pass.Run(slices);
        for (int i = 0; i < tellings.Length; i++)
            tellings[i].Ids.Add(tellings[i].Sampler.Sample(_pass.Logits(i, slices[i].LogitsFrom)));
    }

    private bool Unfinished(Telling telling) =>
        !_tokenizer.IsEndOfGeneration(telling.Ids[^1]) && telling.Ids.Count < _model.Config.ContextLength;

    private KvSequence Grown(int positions)
    {
        KvSequence sequence = _cache.CreateSequence();
        return sequence.TryGrow(positions) ? sequence : throw new InvalidOperationException($"{positions} positions do not fit the cache");
    }

    private sealed record Telling(List<TokenId> Ids, KvSequence Sequence, Sampler Sampler);
}
