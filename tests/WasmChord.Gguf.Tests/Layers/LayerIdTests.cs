namespace WasmChord.Gguf.Tests.Layers;

public class LayerIdTests
{
    [Theory]
    [InlineData("embedding", "embedding")]
    [InlineData("head", "head")]
    [InlineData("blk.0", "blk.0")]
    [InlineData("31", "blk.31")]
    public void Parse_OfTheForm_Succeeds(string text, string expected)
    {
        Assert.True(LayerId.TryParse(text, out LayerId id));
        Assert.Equal(expected, id.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("blk.")]
    [InlineData("blk.-1")]
    [InlineData("layer.1")]
    [InlineData("2147483647")]
    public void Parse_OfAnotherForm_Fails(string? text) => Assert.False(LayerId.TryParse(text, out _));

    [Fact]
    public void Order_OfThePass_RunsFromEmbeddingToHead()
    {
        LayerId first = LayerId.Block(0), second = LayerId.Block(1);

        Assert.True(LayerId.Embedding < first && first < second && second < LayerId.Head);
        Assert.True(LayerId.Head > second && second >= first && first <= second);
        Assert.Equal([false, true, false], new[] { LayerId.Embedding, first, LayerId.Head }.Select(id => id.IsBlock));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void Block_OutOfRange_IsRefused(int index) => Assert.Throws<ArgumentOutOfRangeException>(() => LayerId.Block(index));
}
