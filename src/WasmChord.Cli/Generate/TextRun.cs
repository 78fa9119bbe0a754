using System.Text;
using System.Text.Json;
using Akka.Streams.Dsl;
using WasmChord.Actors;
using WasmChord.Inference;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>One text, generated and shown as it comes.</summary>
internal static class TextRun
{
    /// <summary>Generates; a signal ends it with what there is.</summary>
    /// <param name="output">Where the text goes.</param>
    /// <param name="running">The model.</param>
    /// <param name="prompt">What is continued.</param>
    /// <param name="options">How.</param>
    /// <param name="echo">What is shown before the text, once it is clear that there will be one.</param>
    /// <param name="cancellationToken">The signal.</param>
    internal static async Task<GenerateReport> RunAsync(
        ToolOutput output, RunningModel running, GenerationPrompt prompt, GenerationOptions options, string echo, CancellationToken cancellationToken)
    {
        StringBuilder text = new();
        List<int> ids = [];
        long bytesAtFirstToken = 0;
        (CacheStatistics before, _) = await running.ObserveAsync().ConfigureAwait(false);
        GenerationProtocol.GenerationCompleted completed;
        await using (new StatusLine(output, running, () => Volatile.Read(ref ids).Count))
        {
            (Task<GenerationProtocol.GenerationCompleted> completion, Task done) = running.Model
                .Generate(prompt, options with { Cancellation = cancellationToken })
                .SelectAsync(1, async token =>
                {
                    if (token.Index == 0) bytesAtFirstToken = (await running.ObserveAsync().ConfigureAwait(false)).Generation.BytesRead;
                    return token;
                })
                .ToMaterialized(Sink.ForEach<GeneratedToken>(token => Show(token.Token, token.Text)), Keep.Both)
                .Run(running.Materializer);
            await done.ConfigureAwait(false);
            completed = await completion.ConfigureAwait(false);
            Show(null, completed.TrailingText);
        }

        (CacheStatistics cache, GenerationStatistics generation) = await running.ObserveAsync().ConfigureAwait(false);
        return Report(running, completed, text.ToString(), ids, options.Sampler.Seed) with
        {
            BytesReadPerToken = ids.Count > 1 ? (double)(generation.BytesRead - bytesAtFirstToken) / (ids.Count - 1) : 0,
            HitRatio = Math.Round(Ratio(cache.Hits - before.Hits, cache.Misses - before.Misses), 6),
        };

        void Show(TokenId? token, string piece)
        {
            if (echo.Length > 0 && !output.IsJson) output.Standard.Write(echo);
            echo = "";
            if (token is { } id) ids.Add(id.Value);
            if (piece.Length == 0) return;
            text.Append(piece);
            if (output.IsJson) return;
            output.Standard.Write(piece);
            output.Standard.Flush();
        }
    }

    private static double Ratio(long hits, long misses) => hits + misses == 0 ? 0 : (double)hits / (hits + misses);

    private static GenerateReport Report(RunningModel running, GenerationProtocol.GenerationCompleted completed, string text, List<int> ids, ulong seed)
    {
        GenerationUsage usage = completed.Usage;
        return new GenerateReport
        {
            Text = text,
            Tokens = ids.Count,
            TokenIds = ids,
            PromptTokens = usage.PromptTokens,
            ReusedTokens = usage.ReusedTokens,
            StopReason = JsonNamingPolicy.SnakeCaseLower.ConvertName(completed.Reason.ToString()),
            Seed = seed,
            PrefillTokensPerSecond = Rate(usage.PromptTokens - usage.ReusedTokens, usage.PrefillTime),
            DecodeTokensPerSecond = Rate(ids.Count - 1, usage.DecodeTime),
            BytesReadPerToken = 0,
            BytesRead = usage.BytesRead,
            HitRatio = 0,
            DraftedTokens = usage.DraftedTokens,
            AcceptedTokens = usage.AcceptedTokens,
            BudgetBytes = running.BudgetBytes,
            PeakResidentBytes = running.PeakResidentBytes,
            IdlePrivateBytes = running.IdlePrivateBytes,
            ProcessPeakPrivateBytes = running.PeakPrivateBytes,
            OpenMs = Math.Round(running.OpenMs, 3),
        };
    }

    private static double Rate(int count, TimeSpan time) => count <= 0 || time <= TimeSpan.Zero ? 0 : Math.Round(count / time.TotalSeconds, 3);
}
