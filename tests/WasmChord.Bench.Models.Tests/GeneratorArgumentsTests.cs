namespace WasmChord.Bench.Models.Tests;

public sealed class GeneratorArgumentsTests
{
    [Fact]
    public void Parse_OfAShapeAndAPath_UsesDefaults()
    {
        GeneratorArguments arguments = GeneratorArguments.Parse(["llama-2-7b", "out.gguf"]);
        Assert.Equal(ModelShapes.Llama2_7B, arguments.Shape);
        Assert.Equal(("out.gguf", "Q4_K_M", 1ul, false), (arguments.Path, arguments.Types.Name, arguments.Seed, arguments.Sparse));
    }

    [Fact]
    public void Parse_OfEveryOption_SetsIt()
    {
        GeneratorArguments arguments = GeneratorArguments.Parse([
            "custom", "out.gguf", "--sparse", "--types", "q8_0", "--seed", "9", "--hidden", "512", "--layers", "3", "--heads", "16",
            "--kv-heads", "2", "--ffn", "1024", "--vocab", "600", "--context", "128"]);
        Assert.Equal(new ModelShape("custom", 512, 3, 16, 2, 1024, 600, 128), arguments.Shape);
        Assert.Equal(("Q8_0", 9ul, true), (arguments.Types.Name, arguments.Seed, arguments.Sparse));
    }

    [Theory]
    [InlineData("llama-2-7b")]
    [InlineData("llama-9", "out.gguf")]
    [InlineData("tiny", "out.gguf", "--seed")]
    [InlineData("tiny", "out.gguf", "--seed", "x")]
    [InlineData("tiny", "out.gguf", "--types", "Q9_K")]
    [InlineData("tiny", "out.gguf", "--colour", "red")]
    [InlineData("tiny", "out.gguf", "--heads", "7")]
    public void Parse_OfNonsense_SaysWhy(params string[] args)
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => GeneratorArguments.Parse(args));
        Assert.NotEmpty(e.Message);
    }
}
