using System.Text;

namespace WasmChord.Memory64.Tests.Guests;

/// <summary>Text as a module's form, and what is said about modules that say too much.</summary>
public sealed class GuestTextTests
{
    private const int Longest = 1_003; // 1,000 characters and three dots

    [Fact]
    public void Text_LongerThanItMayBe_IsRefusedBeforeItIsConverted()
    {
        byte[] text = Encoding.UTF8.GetBytes("(module (func (export \"f\")))");
        GuestLimits exact = new() { TextBytes = text.Length }, less = new() { TextBytes = text.Length - 1 };
        Assert.NotEmpty(GuestEngine.BinaryOf(text, exact));
        GuestModuleException e = Assert.Throws<GuestModuleException>(() => GuestEngine.BinaryOf(text, less));
        Assert.Equal(GuestModuleError.TooLarge, e.Code);
        Assert.Contains($"{text.Length} bytes, {text.Length - 1} are allowed", e.Message, StringComparison.Ordinal);
        Assert.Equal(GuestModuleError.TooLarge, Assert.Throws<GuestModuleException>(() => CallingGuest.Plain.CompileFile(text, less)).Code);
        CallingGuest.Plain.CompileFile(text, exact).Dispose();
        // A binary has limits of its own.
        byte[] binary = GuestEngine.BinaryOf(text);
        CallingGuest.Plain.CompileFile(binary, new GuestLimits { TextBytes = 0 }).Dispose();
        Assert.Equal(binary, GuestEngine.BinaryOf(binary, new GuestLimits { TextBytes = 0 }));
    }

    // What takes the converter time with the square of its length: labels are looked up in all blocks that are open.
    [Fact]
    public void Text_OfLabelsAcrossOpenBlocks_IsRefusedWhereItWouldTakeLong()
    {
        GuestModuleException e = Assert.Throws<GuestModuleException>(() => CallingGuest.Plain.CompileFile(Labels(4 << 20), new GuestLimits()));
        Assert.Equal(GuestModuleError.TooLarge, e.Code);
        e = Assert.Throws<GuestModuleException>(() => CallingGuest.Plain.CompileFile(Labels((int)new GuestLimits().TextBytes), new GuestLimits()));
        Assert.NotEqual(Encoding.UTF8.GetString(Labels(1_000)), e.Message);

        static byte[] Labels(int bytes)
        {
            StringBuilder text = new("(module (func block $a ");
            for (int i = 0; i < bytes / 6 - 10; i++) text.Append("if ");
            text.Append("br_table ");
            for (int i = 0; i < bytes / 6 - 10; i++) text.Append("$a ");
            return Encoding.UTF8.GetBytes(text.Append("))").ToString());
        }
    }

    [Theory]
    [InlineData("(module (bad) SPACES)")]
    [InlineData("(module (func (bad NAME)))")]
    [InlineData("(module (func call $NAME))")]
    [InlineData("(module (func (result i32) (call $NAME)) (func $NAME))")]
    [InlineData("(module (func (export \"NAME\")) (func (export \"NAME\")))")]
    [InlineData("(module (import \"NAME\" \"NAME\" (memory 1 70000)))")]
    [InlineData("(module (func (param TYPES) (result TYPES) (i64.const 1)))")]
    [InlineData("(module (func $NAME (result i32) (i64.const 1)))")]
    public void Refusal_OfAModuleOfLongNames_IsShort(string form)
    {
        byte[] text = Encoding.UTF8.GetBytes(Fill(form, 20_000));
        GuestModuleException e = Assert.Throws<GuestModuleException>(() => CallingGuest.Plain.CompileFile(text, new GuestLimits()));
        Assert.InRange(e.Message.Length, 10, Longest);
    }

    [Theory]
    [InlineData("(module (import \"NAME\" \"NAME\" (func)) (func (export \"f\")))", GuestEnd.NotLinked)]
    [InlineData("(module (import \"wasmchord\" \"log\" (func (param TYPES) (result TYPES))) (func (export \"f\")))", GuestEnd.NotLinked)]
    [InlineData("(module (func (export \"f\") (param TYPES) (result i32) (i32.const 0)))", GuestEnd.NoSuchFunction)]
    [InlineData("(module (func $NAME (unreachable)) (func (export \"f\") (call $NAME)))", GuestEnd.Trapped)]
    public void End_OfAGuestOfLongNames_IsShort(string form, GuestEnd end)
    {
        using CallingGuest guest = CallingGuest.From(Fill(form, 12_000));
        GuestResult result = guest.Guest.Invoke("f");
        Assert.Equal(end, result.End);
        Assert.InRange(result.Text.Length, 10, Longest);
    }

    [Fact]
    public void Processor_OfALongType_IsRefusedInShort()
    {
        using GuestModule module = CallingGuest.Compile(Fill("(module (func (export \"logits_buffer\") (param TYPES) (result i32) (i32.const 0)))", 0));
        GuestModuleException e = Assert.Throws<GuestModuleException>(
            () => GuestLogitsProcessor.Start(CallingGuest.Plain, module, new GuestLimits(), TimeSpan.FromSeconds(1), 10));
        Assert.InRange(e.Message.Length, 10, Longest);
    }

    [Fact]
    public void Names_LongerThanTheyMayBe_AreTooLarge()
    {
        GuestModuleLimits three = new() { MaximumNameBytes = 3 };
        WasmModuleBuilder imported = new WasmModuleBuilder().ImportMemory("abc", "a", 0), module = new WasmModuleBuilder().ImportMemory("abcd", "a", 0);
        WasmModuleBuilder import = new WasmModuleBuilder().ImportMemory("a", "abcd", 0);
        WasmModuleBuilder export = new WasmModuleBuilder().Memory(0).Export("abcd", 2, 0), custom = new WasmModuleBuilder().Custom("\u00e4\u00e4", []);
        Assert.Equal("abc", GuestModuleReader.Read(imported.Build(), three).Imports[0].Module);
        foreach (WasmModuleBuilder builder in new[] { module, import, export, custom })
        {
            GuestModuleException e = Assert.Throws<GuestModuleException>(() => GuestModuleReader.Read(builder.Build(), three));
            Assert.Equal(GuestModuleError.TooLarge, e.Code);
            Assert.Contains("a name of 4 bytes, allowed are 3", e.Message, StringComparison.Ordinal);
        }

        // The engine's own limit is the same, so whatever it would take gets that far.
        foreach ((int length, bool isAllowed) in new[] { (100_000, true), (100_001, false) })
        {
            byte[] named = new WasmModuleBuilder().Memory(0).Export(new string('n', length), 2, 0).Build();
            if (isAllowed) CallingGuest.Plain.Compile(named, new GuestLimits()).Dispose();
            else Assert.Equal(GuestModuleError.TooLarge, Assert.Throws<GuestModuleException>(() => CallingGuest.Plain.Compile(named, new GuestLimits())).Code);
        }
    }

    [Fact]
    public void Cut_BetweenHalvesOfACharacter_LeavesBothOut()
    {
        string text = new string('a', 999) + "\ud83d\ude00" + "b";
        Assert.Equal(new string('a', 999) + "...", GuestText.Cut(text));
        Assert.Equal(new string('a', 1_000), GuestText.Cut(new string('a', 1_000)));
    }

    private static string Fill(string form, int length) => form
        .Replace("NAME", new string('n', length), StringComparison.Ordinal)
        .Replace("SPACES", new string(' ', length), StringComparison.Ordinal)
        .Replace("TYPES", string.Join(' ', Enumerable.Repeat("i32", 999)), StringComparison.Ordinal);
}
