namespace WasmChord.Memory64.Tests;

public sealed class BudgetSpecTests
{
    [Theory]
    [InlineData("auto", BudgetKind.Auto, 0, "auto")]
    [InlineData(" AUTO", BudgetKind.Auto, 0, "auto")]
    [InlineData("4layers", BudgetKind.Layers, 4, "4layers")]
    [InlineData("4 layers", BudgetKind.Layers, 4, "4layers")]
    [InlineData("1layer", BudgetKind.Layers, 1, "1layer")]
    [InlineData("1Layers", BudgetKind.Layers, 1, "1layer")]
    [InlineData("512MiB", BudgetKind.Bytes, 536_870_912, "536870912")]
    [InlineData("4096", BudgetKind.Bytes, 4096, "4096")]
    public void Parse_Budget_IsItsKindAndValue(string text, BudgetKind kind, long value, string canonical)
    {
        BudgetSpec spec = BudgetSpec.Parse(text);
        Assert.Equal(new BudgetSpec(kind, value), spec);
        Assert.Equal(canonical, spec.ToString());
        Assert.Equal(spec, BudgetSpec.Parse(canonical));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0layers")]
    [InlineData("-1layers")]
    [InlineData("1.5layers")]
    [InlineData("layers")]
    [InlineData("4 layer cake")]
    [InlineData("99999999999layers")]
    [InlineData("automatic")]
    public void Parse_AnythingElse_ThrowsWithTheForms(string text)
    {
        FormatException e = Assert.Throws<FormatException>(() => BudgetSpec.Parse(text));
        Assert.StartsWith($"'{text}' is not a budget", e.Message);
        Assert.Contains("4layers", e.Message);
    }

    [Fact]
    public void Resolve_EachKind_IsBytes()
    {
        Assert.Equal(1000, BudgetSpec.Auto.Resolve(7, 1000));
        Assert.Equal(50, BudgetSpec.Bytes(50).Resolve(7, 1000));
        Assert.Equal(28, BudgetSpec.Layers(4).Resolve(7, 1000));
        Assert.Equal(0, BudgetSpec.Layers(4).Resolve(0, 1000));
        Assert.Equal(long.MaxValue, BudgetSpec.Layers(int.MaxValue).Resolve(long.MaxValue / 2, 1000));
    }

    [Fact]
    public void Factories_Nothing_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BudgetSpec.Bytes(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => BudgetSpec.Layers(-1));
    }
}
