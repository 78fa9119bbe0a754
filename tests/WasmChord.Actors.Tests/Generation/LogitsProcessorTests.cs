using System.Text;
using WasmChord.Inference;

namespace WasmChord.Actors.Tests;

/// <summary>Guests that change logits: what they do to their own text, and that nobody else notices when they fail.</summary>
public sealed class LogitsProcessorTests : GenerationTestKit
{
    private static readonly GenerationOptions s_greedy = new() { MaxTokens = 16, IgnoreEndOfText = true };

    // Lets only even ids through, and at every third position only what it counts from 0: its own state.
    private const string EvenIds = """
        (module
          (memory (export "memory") 16)
          (global $calls (mut i32) (i32.const 0))
          (func (export "logits_buffer") (param i32) (result i32) (i32.const 1024))
          (func (export "process_logits") (param $p i32) (param $n i32) (param $at i32) (result i32)
            (local $i i32)
            (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
            (loop $next
              (if (i32.or (i32.and (local.get $i) (i32.const 1))
                          (i32.and (i32.eqz (i32.rem_u (global.get $calls) (i32.const 3))) (i32.ne (local.get $i) (global.get $calls))))
                (then (f32.store (i32.add (local.get $p) (i32.mul (local.get $i) (i32.const 4))) (f32.const -inf))))
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
            (if (i32.and (i32.eqz (i32.rem_u (global.get $calls) (i32.const 3))) (i32.and (global.get $calls) (i32.const 1)))
              (then (f32.store (i32.add (local.get $p) (i32.mul (global.get $calls) (i32.const 4))) (f32.const 1))))
            (i32.const 0)))
        """;

    // Fails at its fourth token in the way that the body says.
    private static string FailsWith(string body) => $"""
        (module
          (memory (export "memory") 16)
          (global $calls (mut i32) (i32.const 0))
          (func $deep (result i32) (i32.add (call $deep) (i32.const 1)))
          (func (export "logits_buffer") (param i32) (result i32) (i32.const 1024))
          (func (export "process_logits") (param $p i32) (param $n i32) (param $at i32) (result i32)
            (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
            (if (i32.eq (global.get $calls) (i32.const 4)) (then {body}))
            (i32.const 0)))
        """;

    [Fact]
    public async Task Generate_WithAProcessor_ChoosesWhatItLetsThrough()
    {
        await using StreamedModel model = await OpenAsync("1300KiB");
        GenerationResult free = await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 12)), s_greedy);
        Assert.Contains(free.Tokens, token => token.Value % 2 == 1);
        GenerationResult bound = await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 12)), s_greedy with { LogitsProcessor = Processor(EvenIds) });
        Assert.Equal(16, bound.Tokens.Count);
        for (int i = 0; i < bound.Tokens.Count; i++)
        {
            int calls = i + 1;
            if (calls % 3 == 0) Assert.Equal(calls, bound.Tokens[i].Value);
            else Assert.Equal(0, bound.Tokens[i].Value % 2);
        }

        await AssertNothingKeptAsync(model);
    }

    [Fact]
    public async Task Generate_WithAProcessor_GivesTheSameAmongOthersAndWithDrafts()
    {
        GenerationOptions bound = s_greedy with { LogitsProcessor = Processor(EvenIds) };
        await using StreamedModel model = await OpenAsync("1300KiB", g => g with { Drafting = DraftingMode.Off });
        GenerationResult alone = await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(2, 20)), bound);
        await using StreamedModel drafting = await OpenAsync("1300KiB", g => g with { Drafting = DraftingMode.On });
        Task<GenerationResult>[] together = [.. Enumerable.Range(0, 6).Select(i =>
            drafting.GenerateAsync(GenerationPrompt.FromTokens(Prompt(i % 2 == 0 ? 2 : i, 20)), i % 2 == 0 ? bound : s_greedy))];
        GenerationResult[] results = await Task.WhenAll(together);
        for (int i = 0; i < results.Length; i += 2) Assert.Equal(alone.Tokens, results[i].Tokens);
    }

    [Theory]
    [InlineData("(unreachable)", "unreachable")]
    [InlineData("(loop $l (br $l))", "ran for more than")]
    [InlineData("(drop (call $deep))", "stack")]
    [InlineData("(f32.store (i32.const -4) (f32.const 0))", "out of bounds")]
    [InlineData("(return (i32.const 7))", "it returned 7")]
    public async Task Generate_ProcessorThatFails_FailsItsOwnTextOnly(string body, string why)
    {
        await using StreamedModel model = await OpenAsync("1300KiB");
        TokenId[] prompt = Prompt(3, 10);
        GenerationResult expected = await model.GenerateAsync(GenerationPrompt.FromTokens(prompt), s_greedy);
        Task<GenerationResult>[] others = [.. Enumerable.Range(0, 3).Select(_ => model.GenerateAsync(GenerationPrompt.FromTokens(prompt), s_greedy))];
        GenerationFailedException failed = await Assert.ThrowsAsync<GenerationFailedException>(() => model.GenerateAsync(
            GenerationPrompt.FromTokens(prompt), s_greedy with { LogitsProcessor = Processor(FailsWith(body)) with { TimePerToken = TimeSpan.FromMilliseconds(200) } }));
        Assert.Equal(GenerationFault.LogitsProcessor, failed.Reason);
        Assert.Contains(why, failed.Message, StringComparison.Ordinal);
        Assert.Equal(3, failed.Usage.GeneratedTokens);
        foreach (GenerationResult other in await Task.WhenAll(others)) Assert.Equal(expected.Tokens, other.Tokens);
        await AssertNothingKeptAsync(model);
    }

    [Fact]
    public async Task Generate_ProcessorThatBansEverything_FailsItsOwnText()
    {
        await using StreamedModel model = await OpenAsync("1300KiB");
        string all = FailsWith("(nop)").Replace("(i32.const 0)))", """
            (memory.fill (i32.const 0) (i32.const 255) (i32.const 262144)) (i32.const 0)))
            """, StringComparison.Ordinal);
        GenerationFailedException failed = await Assert.ThrowsAsync<GenerationFailedException>(() => model.GenerateAsync(
            GenerationPrompt.FromTokens(Prompt(1, 5)), s_greedy with { LogitsProcessor = Processor(all) }));
        Assert.Equal(GenerationFault.NotFinite, failed.Reason);
    }

    [Theory]
    [InlineData("(module)", "logits_buffer")]
    [InlineData("(module (func (export \"logits_buffer\") (param i64) (result i32) (i32.const 0)))", "logits_buffer")]
    [InlineData("(module (memory (export \"memory\") 1) (func (export \"logits_buffer\") (param i32) (result i32) (i32.const 65532)) (func (export \"process_logits\") (param i32 i32 i32) (result i32) (i32.const 0)))", "PointerOutOfBounds")]
    [InlineData("(module (func (export \"logits_buffer\") (param i32) (result i32) (unreachable)) (func (export \"process_logits\") (param i32 i32 i32) (result i32) (i32.const 0)))", "unreachable")]
    [InlineData("not a module", "neither")]
    public async Task Generate_BadProcessor_IsRefusedBeforeAnyWork(string text, string why)
    {
        await using StreamedModel model = await OpenAsync("1300KiB");
        GenerationRefusedException refused = await Assert.ThrowsAsync<GenerationRefusedException>(() => model.GenerateAsync(
            GenerationPrompt.FromTokens(Prompt(1, 5)), s_greedy with { LogitsProcessor = Processor(text) }));
        Assert.Equal(GenerationRefusal.BadLogitsProcessor, refused.Reason);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Equal(3, (await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 5)), s_greedy with { MaxTokens = 3 })).Tokens.Count);
    }

    private static LogitsProcessorModule Processor(string text) => new(Encoding.UTF8.GetBytes(text));
}
