namespace WasmChord.Gguf.Tests.Layers;

public class LayerManifestTests
{
    [Theory]
    [InlineData("token_embd.weight", "embedding")]
    [InlineData("token_embd.bias", "embedding")]
    [InlineData("token_embd_norm.weight", "embedding")]
    [InlineData("token_types.weight", "embedding")]
    [InlineData("position_embd.weight", "embedding")]
    [InlineData("pos_embd.weight", "embedding")]
    [InlineData("per_layer_token_embd.weight", "embedding")]
    [InlineData("per_layer_model_proj.weight", "embedding")]
    [InlineData("per_layer_proj_norm.weight", "embedding")]
    [InlineData("rope_freqs.weight", "embedding")]
    [InlineData("rope_factors_long.weight", "embedding")]
    [InlineData("rope_factors_short.weight", "embedding")]
    [InlineData("output_norm.weight", "head")]
    [InlineData("output_norm.bias", "head")]
    [InlineData("output.weight", "head")]
    [InlineData("output.bias", "head")]
    [InlineData("output_norm_enc.weight", "head")]
    [InlineData("cls.weight", "head")]
    [InlineData("cls.bias", "head")]
    [InlineData("cls.output.weight", "head")]
    [InlineData("blk.0.attn_q.weight", "blk.0")]
    [InlineData("blk.31.ffn_gate_exps.weight", "blk.31")]
    [InlineData("blk.7.ffn_gate.3.weight", "blk.7")]
    [InlineData("blk.5.rope_freqs.weight", "blk.5")]
    [InlineData("blk.2.anything_at_all", "blk.2")]
    public void LayerOf_KnownName_IsItsLayer(string tensor, string layer)
    {
        LayerManifest manifest = new([Tensor(tensor)]);

        Assert.Equal(layer, manifest.LayerOf(tensor).ToString());
        Assert.Equal(layer, Assert.Single(manifest.Layers).Id.ToString());
        Assert.Empty(manifest.Unknown);
    }

    [Theory]
    [InlineData("enc.blk.0.attn_q.weight")]
    [InlineData("dec.blk.3.attn_q.weight")]
    [InlineData("enc.output_norm.weight")]
    [InlineData("v.blk.0.attn_q.weight")]
    [InlineData("mm.0.weight")]
    [InlineData("blk.00.attn_q.weight")]
    [InlineData("blk.01.attn_q.weight")]
    [InlineData("blk.-1.attn_q.weight")]
    [InlineData("blk.x.attn_q.weight")]
    [InlineData("blk.2147483647.attn_q.weight")]
    [InlineData("blk.99999999999.attn_q.weight")]
    [InlineData("blk.0")]
    [InlineData("blk.0.")]
    [InlineData("blk..weight")]
    [InlineData("blk.")]
    [InlineData("output")]
    [InlineData("output.weight.lora_a")]
    [InlineData("outputs.weight")]
    [InlineData("token_embd")]
    [InlineData("Output.weight")]
    [InlineData("per_layer_.weight")]
    [InlineData("model.layers.0.self_attn.q_proj.weight")]
    [InlineData(".weight")]
    public void LayerOf_UnknownName_IsListedNotGuessed(string tensor)
    {
        LayerManifest manifest = new([Tensor(tensor)]);

        Assert.Null(manifest.LayerOf(tensor));
        Assert.Equal(tensor, Assert.Single(manifest.Unknown).Name);
        Assert.Empty(manifest.Layers);
    }

    [Fact]
    public void Layers_OfAModel_ComeInTheOrderOfThePass()
    {
        LayerManifest manifest = new(
            [
                Tensor("output.weight", 700), Tensor("blk.10.a", 600), Tensor("blk.2.b", 500), Tensor("blk.2.a", 400),
                Tensor("strange", 300), Tensor("token_embd.weight", 200), Tensor("blk.2.c", 100, fileIndex: 1),
            ]);

        Assert.Equal(["embedding", "blk.2", "blk.10", "head"], manifest.Layers.Select(layer => layer.Id.ToString()));
        Assert.True(manifest.TryGetLayer(LayerId.Block(2), out ModelLayer? layer));
        Assert.Equal(["blk.2.a", "blk.2.b", "blk.2.c"], layer.Tensors.Select(t => t.Name));
        Assert.Equal(30, layer.ByteLength);
        Assert.False(manifest.TryGetLayer(LayerId.Block(3), out _));
        Assert.Null(manifest.LayerOf("absent"));
        Assert.Equal(2, manifest.BlockCount);
    }

    [Theory]
    [InlineData(new[] { 0, 1, 2 }, 3L, true, null, 0)]
    [InlineData(new[] { 0, 2 }, 3L, false, "blk.1", 0)]
    [InlineData(new[] { 0, 1 }, 3L, false, "blk.2", 0)]
    [InlineData(new[] { 1, 2 }, 3L, false, "blk.0", 0)]
    [InlineData(new[] { 0, 1, 2 }, 2L, false, null, 1)]
    [InlineData(new[] { 0, 1 }, null, false, null, 0)]
    [InlineData(new int[0], 0L, true, null, 0)]
    [InlineData(new[] { 0 }, 4_000_000_000L, false, "blk.1", 0)]
    public void BlockCount_AgainstTheMetadata_IsReported(int[] blocks, long? declared, bool consistent, string? missing, int undeclared)
    {
        LayerManifest manifest = new([.. blocks.Select(n => Tensor($"blk.{n}.a"))], declared);

        Assert.Equal(consistent, manifest.IsBlockCountConsistent);
        Assert.Equal(missing, manifest.FirstMissingBlock?.ToString());
        Assert.Equal(undeclared, manifest.UndeclaredBlocks.Count);
        Assert.Equal(declared, manifest.DeclaredBlockCount);
    }

    private static TensorInfo Tensor(string name, long offset = 0, int fileIndex = 0) =>
        new(name, GgmlType.I8, new TensorShape(1, 10), fileIndex, offset, offset, 10);
}
