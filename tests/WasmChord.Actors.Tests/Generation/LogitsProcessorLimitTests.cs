using System.Text;

namespace WasmChord.Actors.Tests;

public sealed class LogitsProcessorLimitTests() : GenerationTestKit("wasmchord.guests.max-processors = 1")
{
    private const string Processor = """
        (module (memory (export "memory") 16)
          (func (export "logits_buffer") (param i32) (result i32) (i32.const 1024))
          (func (export "process_logits") (param i32 i32 i32) (result i32) (i32.const 0)))
        """;

    [Fact]
    public async Task Generate_MoreProcessorsThanMay_IsRefusedUntilOneEnds()
    {
        GenerationOptions with = new() { MaxTokens = 24, IgnoreEndOfText = true, LogitsProcessor = new LogitsProcessorModule(Encoding.UTF8.GetBytes(Processor)) };
        await using StreamedModel model = await OpenAsync("1300KiB");
        TaskCompletionSource began = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using ManualResetEventSlim goOn = new();
        Task<GenerationResult> first = model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 5)), with with
        {
            OnLogits = (_, _) =>
            {
                began.TrySetResult();
                goOn.Wait(Patience);
            },
        });
        await began.Task.WaitAsync(Patience);
        GenerationRefusedException refused = await Assert.ThrowsAsync<GenerationRefusedException>(() =>
            model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(2, 5)), with).WaitAsync(Patience));
        Assert.Equal(GenerationRefusal.TooManyProcessors, refused.Reason);
        Assert.Contains("1 logits processors", refused.Message, StringComparison.Ordinal);
        goOn.Set();
        Assert.Equal(24, (await first.WaitAsync(Patience)).Tokens.Count);
        Assert.Equal(24, (await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(2, 5)), with).WaitAsync(Patience)).Tokens.Count);

        // One that is refused for its module gives its place back as well.
        GenerationOptions bad = with with { LogitsProcessor = new LogitsProcessorModule("(module)"u8.ToArray()) };
        for (int i = 0; i < 3; i++)
        {
            refused = await Assert.ThrowsAsync<GenerationRefusedException>(() => model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(2, 5)), bad).WaitAsync(Patience));
            Assert.Equal(GenerationRefusal.BadLogitsProcessor, refused.Reason);
        }
    }
}
