using WasmChord.Actors;
using WasmChord.Gguf;
using WasmChord.Inference;
using WasmChord.Memory64;

namespace WasmChord.Bench.Soak;

/// <summary>One user: asks for texts of all lengths, in a conversation or not, gives some up, and reads layers now and then.</summary>
internal sealed class SoakUser(StreamedModel model, SoakCounts counts, int mostTokens, int seed)
{
    private static readonly string[] s_words = ["once", "upon", "a", "time", "there", "was", "little", "fox", "who", "lived", "near", "the", "river"];
    private readonly Random _random = new(seed);

    /// <summary>Goes on until it is told to stop; what it is at then is given up.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (_random.Next(5) == 0) await ReadLayerAsync(stop);
                else await AskAsync(stop);
            }
            catch (OperationCanceledException)
            {
                counts.Cancel();
            }
            catch (GenerationRefusedException e) when (e.Reason is GenerationRefusal.Cancelled)
            {
                counts.Cancel();
            }
            catch (Exception e) when (e is GenerationRefusedException { Reason: GenerationRefusal.QueueFull or GenerationRefusal.BudgetTooSmall or GenerationRefusal.KvExceedsBudget }
                or GenerationFailedException { Reason: GenerationFault.MemoryUnavailable })
            {
                counts.Refuse();
            }
            catch (Exception e)
            {
                counts.Surprise(e);
            }
        }
    }

    private async Task AskAsync(CancellationToken stop)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (_random.Next(5) == 0) patience.CancelAfter(_random.Next(1, 1000));
        GenerationOptions options = new()
        {
            MaxTokens = _random.Next(1, mostTokens + 1),
            IgnoreEndOfText = true,
            Sampler = SamplerOptions.Greedy with { Temperature = 0.8f, Seed = (ulong)_random.NextInt64() },
            SessionId = _random.Next(3) == 0 ? $"user {seed}" : null,
            Cancellation = patience.Token,
        };
        string prompt = string.Join(' ', Enumerable.Range(0, _random.Next(1, 40)).Select(_ => s_words[_random.Next(s_words.Length)]));
        GenerationResult result = await model.GenerateAsync(GenerationPrompt.FromText(prompt), options);
        if (result.Completed.Reason == GenerationEnd.Cancelled) counts.Cancel();
        else counts.Complete(result.Tokens.Count);
    }

    private async Task ReadLayerAsync(CancellationToken stop)
    {
        IReadOnlyList<LayerId> layers = model.Description.Layers;
        using LayerLease lease = await model.AcquireLayerAsync(layers[_random.Next(layers.Count)], cancellationToken: stop);
        counts.Lease();
    }
}
