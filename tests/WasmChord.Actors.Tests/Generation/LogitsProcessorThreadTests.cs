using System.Text;

namespace WasmChord.Actors.Tests;

/// <summary>Guests that never end have all threads of theirs: texts with processors go on.</summary>
public sealed class LogitsProcessorThreadTests() : GenerationTestKit("wasmchord { guest-dispatcher.thread-count = 1, guests.wall-time = 60s }")
{
    private const string Processor = """
        (module (memory (export "memory") 16)
          (func (export "logits_buffer") (param i32) (result i32) (i32.const 1024))
          (func (export "process_logits") (param i32 i32 i32) (result i32) (i32.const 0)))
        """;

    [Fact]
    public async Task Generate_WithAProcessorWhileGuestsHaveTheirThreads_GoesOn()
    {
        await using StreamedModel model = await OpenAsync("1300KiB");
        byte[] spin = "(module (func (export \"run\") (loop $l (br $l))))"u8.ToArray();
        using CancellationTokenSource stop = new();
        Task<Memory64.GuestResult>[] spinning = [.. Enumerable.Range(0, 2).Select(_ => model.RunGuestAsync(spin, new GuestOptions { Cancellation = stop.Token }))];
        Assert.Equal(2, (await model.GetGuestStatisticsAsync()).Running);
        GenerationResult result = await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 5)), new GenerationOptions
        {
            MaxTokens = 4, IgnoreEndOfText = true, LogitsProcessor = new LogitsProcessorModule(Encoding.UTF8.GetBytes(Processor)),
        }).WaitAsync(Patience);
        Assert.Equal(4, result.Tokens.Count);
        Assert.Equal(2, (await model.GetGuestStatisticsAsync()).Running);
        Assert.DoesNotContain(spinning, s => s.IsCompleted);
        stop.Cancel();
        Assert.All(await Task.WhenAll(spinning).WaitAsync(Patience), r => Assert.Equal(Memory64.GuestEnd.Stopped, r.End));
    }
}
