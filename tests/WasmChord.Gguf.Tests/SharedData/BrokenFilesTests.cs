using System.Text.Json;
using WasmChord.TestData;

namespace WasmChord.Gguf.Tests;

/// <summary>The hostile and broken files of the shared data, held against what ggml does with them.</summary>
public class BrokenFilesTests
{
    private const string LlamaCpp = "bad-gguf/llama.cpp-test-gguf";

    [SkippableTheory]
    [InlineData("ok_DATA_SUCCESS_42.gguf", 100, 77, true)]
    [InlineData("ok_HEADER_EMPTY_42.gguf", 0, 0, true)]
    [InlineData("ok_KV_RANDOM_KV_42.gguf", 99, 0, true)]
    [InlineData("ok_TENSORS_CUSTOM_ALIGN_42.gguf", 101, 77, false)]
    [InlineData("ok_TENSORS_SUCCESS_42.gguf", 100, 77, false)]
    public async Task Open_GoodFileOfLlamaCpp_Loads(string name, int keys, int tensors, bool hasData)
    {
        using GgufModel model = await GgufModel.OpenAsync(SharedTestData.Require($"{LlamaCpp}/{name}"));

        Assert.Equal(keys, model.Metadata.Count);
        Assert.Equal(tensors, model.Tensors.Count);
        Assert.Equal(hasData, model.HasTensorData);
    }

    [SkippableTheory]
    [InlineData("bad_DATA_NOT_ENOUGH_DATA_42.gguf", GgufError.Truncated)]
    [InlineData("bad_HEADER_BAD_MAGIC_42.gguf", GgufError.BadMagic)]
    [InlineData("bad_HEADER_BAD_N_KV_42.gguf", GgufError.CountExceedsFile)]
    [InlineData("bad_HEADER_BAD_N_TENSORS_42.gguf", GgufError.CountExceedsFile)]
    [InlineData("bad_HEADER_BAD_VERSION_1_42.gguf", GgufError.MislabelledVersion)]
    [InlineData("bad_HEADER_BAD_VERSION_FUTURE_42.gguf", GgufError.UnsupportedVersion)]
    [InlineData("bad_KV_BAD_ALIGN_42.gguf", GgufError.InvalidAlignment)]
    [InlineData("bad_KV_BAD_KEY_SIZE_42.gguf", GgufError.LengthExceedsFile)]
    [InlineData("bad_KV_BAD_TYPE_42.gguf", GgufError.UnknownValueType)]
    [InlineData("bad_KV_DUPLICATE_KEY_42.gguf", GgufError.DuplicateKey)]
    [InlineData("bad_TENSORS_BAD_ALIGN_42.gguf", GgufError.InvalidAlignment)]
    [InlineData("bad_TENSORS_BAD_NAME_SIZE_42.gguf", GgufError.TensorNameTooLong)]
    [InlineData("bad_TENSORS_BAD_N_DIMS_42.gguf", GgufError.TooManyDimensions)]
    [InlineData("bad_TENSORS_BAD_OFFSET_42.gguf", GgufError.TensorOutOfFile)]
    [InlineData("bad_TENSORS_BAD_SHAPE_42.gguf", GgufError.InvalidDimension)]
    [InlineData("bad_TENSORS_BAD_TYPE_42.gguf", GgufError.UnknownTensorType)]
    [InlineData("bad_TENSORS_DUPLICATE_NAME_42.gguf", GgufError.DuplicateTensor)]
    [InlineData("bad_TENSORS_INCONSISTENT_ALIGN_42.gguf", GgufError.MisalignedOffset)]
    [InlineData("bad_TENSORS_NE_TOO_BIG_42.gguf", GgufError.PartialBlock)]
    public async Task Open_BadFileOfLlamaCpp_IsRefusedByItsFault(string name, GgufError error)
    {
        string path = SharedTestData.Require($"{LlamaCpp}/{name}");

        GgufFormatException e = await Assert.ThrowsAsync<GgufFormatException>(async () => await GgufModel.OpenAsync(path));

        Assert.Equal(error, e.Error);
        Assert.Contains(name, e.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("bitnet-rs-fuzz")]
    [InlineData("bitnet-rs-fixtures")]
    public async Task Open_FilesOfBitNet_AreAcceptedAndRefusedAsByGgml(string folder)
    {
        string outcomes = SharedTestData.Require("bad-gguf/outcomes.json");
        using JsonDocument document = JsonDocument.Parse(await File.ReadAllBytesAsync(outcomes));
        List<string> wrong = [];
        int count = 0;
        foreach (JsonProperty file in document.RootElement.EnumerateObject())
        {
            if (!file.Name.StartsWith(folder + "/", StringComparison.Ordinal)) continue;
            count++;
            bool accepts = file.Value.GetProperty("ggml_aug2026").GetString()!.StartsWith("accept", StringComparison.Ordinal);
            string path = SharedTestData.Require($"bad-gguf/{file.Name}");
            try
            {
                using GgufModel model = await GgufModel.OpenAsync(path);
                if (!accepts) wrong.Add($"{file.Name}: accepted with {model.Metadata.Count} keys");
            }
            catch (GgufFormatException e)
            {
                if (accepts) wrong.Add($"{file.Name}: {e.Error}");
            }
        }
        Assert.NotEqual(0, count);
        Assert.Empty(wrong);
    }
}
